package org.weir.method;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a merge method says of itself.
 *
 * @param name as {@code merge_method} in a config
 * @param summary one sentence
 * @param formula what it computes, in one line
 * @param reference an arXiv id or a URL
 * @param base what a {@code base_model} is to it
 * @param params all its parameters, in the order of the docs
 * @param differsFromMergekit where its results are not mergekit's, or "" where they are
 * @param statistics what it needs of each model beside its tensors
 */
public record MethodInfo(
        String name,
        String summary,
        String formula,
        String reference,
        BaseRole base,
        List<Param> params,
        String differsFromMergekit,
        Statistics statistics) {

    /** What a method needs of each model beside its tensors, in the files that {@code statistics} names. */
    public enum Statistics {
        NONE,
        /** A number for each element, in tensors of the same names and shapes. */
        OF_ELEMENTS,
        /** The Gram matrix of a layer's inputs, under the name of its weight; only some tensors have one. */
        OF_LAYERS
    }

    /** What the base is to a method. */
    public enum BaseRole {
        /** Not needed; where given it is one more input. */
        SUMMAND,
        /** Needed: the first of the inputs. */
        FIRST,
        /** Needed: what is merged are the experts' differences from it. */
        ORIGIN,
        /** Not needed; where given, what is merged are the experts' differences from it. */
        OPTIONAL_ORIGIN;

        /** Whether a config has to name a base. */
        public boolean isRequired() {
            return this == FIRST || this == ORIGIN;
        }

        /** Whether differences are taken from a base, so that it is none of the inputs. */
        public boolean isOrigin() {
            return this == ORIGIN || this == OPTIONAL_ORIGIN;
        }
    }

    /** A method that needs nothing but the models. */
    public MethodInfo(
            String name,
            String summary,
            String formula,
            String reference,
            BaseRole base,
            List<Param> params,
            String differsFromMergekit) {
        this(name, summary, formula, reference, base, params, differsFromMergekit, Statistics.NONE);
    }

    /** @throws IllegalArgumentException if two parameters have one name */
    public MethodInfo {
        params = List.copyOf(params);
        if (params.stream().map(Param::name).distinct().count() < params.size()) {
            throw new IllegalArgumentException(name + " declares a parameter twice");
        }
    }

    /** The parameter of this name, if the method has it. */
    public Optional<Param> param(String name) {
        return params.stream().filter(param -> param.name().equals(name)).findFirst();
    }

    /** The names of all parameters as a phrase: "weight, density, lambda". */
    public String paramNames() {
        return params.stream().map(Param::name).collect(Collectors.joining(", "));
    }
}

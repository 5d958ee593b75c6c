package org.weir.engine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a merge found out about one tensor on the way. Counts of what is not finite are of all elements; densities and
 * updates are of a sample, one strip of 2,048 elements in each 1,048,576 of a tensor, always the same ones.
 *
 * @param tensor its name
 * @param elements how many were merged, by this run and by those that it goes on with
 * @param nonFinite the inputs that hold NaN or infinities, the base first, then those of fused steps
 * @param overflow results that are not finite although all inputs are
 * @param densities one per expert whose delta is thinned out
 * @param update what rounding left of the update; nothing where no base is added to
 * @param steps the same of the fused steps that it was computed from, by name; one that is read twice is there once
 */
public record TensorFacts(
        String tensor,
        long elements,
        List<NonFinite> nonFinite,
        Optional<Overflow> overflow,
        List<Density> densities,
        Optional<Update> update,
        Map<String, TensorFacts> steps) {

    /**
     * NaN and infinities of one input.
     *
     * @param input the file
     * @param first index in the tensor of the first of either
     */
    public record NonFinite(String input, long nans, long infinities, long first) {}

    /**
     * Elements beyond what the output's dtype holds.
     *
     * @param first index in the tensor of the first one
     */
    public record Overflow(long elements, long first) {
        Overflow plus(Overflow more) {
            return new Overflow(elements + more.elements, Math.min(first, more.first));
        }
    }

    /**
     * How much of a delta was there, and how much was kept.
     *
     * @param input the expert's file
     * @param requested the share to keep
     * @param changed the share of elements that are not zero before
     * @param kept the share of elements that are not zero after
     * @param elements of the tensor
     */
    public record Density(String input, double requested, double changed, double kept, long elements) {}

    /**
     * What rounding into the output's dtype left of the update, that is of what is added to the base.
     *
     * @param survived ⟨written − base, exact⟩ ÷ ⟨exact, exact⟩: 1 where nothing is lost on average
     * @param unwritten the share of elements with an update of which nothing at all was written
     * @param squares ⟨exact, exact⟩ of the whole tensor, as the sample has it
     */
    public record Update(double survived, double unwritten, double squares) {}

    public TensorFacts {
        nonFinite = List.copyOf(nonFinite);
        densities = List.copyOf(densities);
        steps = steps.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(steps));
    }

    /** Those of a fused step among these. */
    public static List<TensorFacts> ofStep(String name, List<TensorFacts> facts) {
        return facts.stream()
                .flatMap(each -> Stream.ofNullable(each.steps.get(name)))
                .toList();
    }

    /** What survived of the update of all these tensors together; nothing if none has one. */
    public static Optional<Double> survived(List<TensorFacts> facts) {
        double whole = 0;
        double left = 0;
        for (TensorFacts each : facts) {
            if (each.update.isPresent()) {
                Update update = each.update.get();
                whole += update.squares();
                left += update.survived() * update.squares();
            }
        }
        return whole > 0 ? Optional.of(left / whole) : Optional.empty();
    }
}

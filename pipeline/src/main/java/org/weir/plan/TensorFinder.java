package org.weir.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.Shape;
import org.weir.checkpoint.TensorInfo;

/** Finds the tensors that one of the result is made of, and makes the vocabularies of embeddings and heads fit. */
final class TensorFinder {
    private final List<SliceModels> slices;
    private final VocabularyRule rule;
    private final Optional<ResultTokenizer> tokenizer;
    private final TensorProblems problems;
    private final Set<String> notes = new TreeSet<>();
    private OptionalLong vocabulary = OptionalLong.empty();

    TensorFinder(
            List<SliceModels> slices,
            VocabularyRule rule,
            Optional<ResultTokenizer> tokenizer,
            TensorProblems problems) {
        this.slices = slices;
        this.rule = rule;
        this.tokenizer = tokenizer;
        this.problems = problems;
    }

    /** What people should know of the vocabularies. */
    Set<String> notes() {
        return notes;
    }

    /** How many tokens the result has, if that is not what the donor has. */
    OptionalLong vocabulary() {
        return vocabulary;
    }

    /** The donor's tensor for that place. */
    MappedTensor donors(TensorPlace place) {
        return slices.get(place.slice()).donor().head(place.output()).orElseThrow();
    }

    /** Everything for that place, if all models have it in shapes that fit. */
    Optional<TensorInputs> find(TensorPlace place) {
        SliceModels slice = slices.get(place.slice());
        MappedTensor donors = donors(place);
        boolean tokens = slice.donor().layout().isOfVocabulary(donors.info());
        List<MappedTensor> experts = new ArrayList<>();
        Set<String> said = new HashSet<>();
        for (SliceSource expert : slice.experts()) {
            Optional<MappedTensor> theirs = tokens ? expert.head(place.output()) : expert.tensor(place.output());
            theirs.ifPresent(experts::add);
            String reference = expert.input().reference();
            boolean fits = theirs.isPresent() && fits(expert, theirs.get().info(), donors.info(), tokens);
            if (!fits && said.add(reference)) {
                String how = theirs.map(tensor -> tensor.info().shape() + " in").orElse("missing from");
                String help = tokens && theirs.isPresent() ? help() : "";
                problems.add(
                        PlanProblem.Kind.INPUT,
                        place.output(),
                        "is " + donors.info().shape() + " in "
                                + slice.donor().input().reference() + " but " + how + " " + reference + help);
            }
        }
        if (!said.isEmpty()) {
            return Optional.empty();
        }
        Optional<MappedTensor> base = slice.origin().map(_ -> donors);
        return Optional.of(tokens ? lined(place, base, experts) : plain(base, experts));
    }

    private boolean fits(SliceSource expert, TensorInfo theirs, TensorInfo wanted, boolean tokens) {
        boolean sameRows = tokens
                && expert.layout().isOfVocabulary(theirs)
                && columns(theirs.shape()).equals(columns(wanted.shape()));
        if (tokens && tokenizer.isPresent()) {
            return sameRows;
        }
        return theirs.shape().equals(wanted.shape()) || (sameRows && rule.fits(rows(theirs), rows(wanted)));
    }

    private String help() {
        return tokenizer.isPresent()
                ? "; with a tokenizer, config.json's vocab_size has to say the number of rows, and the columns to be as many"
                : "; tokenizer_source: base lines the tokens up";
    }

    private static TensorInputs plain(Optional<MappedTensor> base, List<MappedTensor> experts) {
        Shape shape = base.orElseGet(experts::getFirst).info().shape();
        return new TensorInputs(base, experts, shape, List.of());
    }

    /** With a row for the same token at the same place in all of them. */
    private TensorInputs lined(TensorPlace place, Optional<MappedTensor> base, List<MappedTensor> experts) {
        List<MappedTensor> all = Stream.concat(base.stream(), experts.stream()).toList();
        if (tokenizer.isPresent()) {
            List<RowView> views = tokenizer.get().views(slices.get(place.slice()), place.output());
            long rows = tokenizer.get().rows();
            vocabulary = OptionalLong.of(rows);
            return new TensorInputs(base, experts, withRows(all.getFirst().info(), rows), views);
        }
        long rows = all.stream().mapToLong(tensor -> rows(tensor.info())).min().orElseThrow();
        for (MappedTensor tensor : all) {
            if (rows(tensor.info()) > rows) {
                vocabulary = OptionalLong.of(rows);
                notes.add("%s: the first %,d of %,d tokens of %s are merged, as the models' vocabularies differ and the"
                                .formatted(
                                        place.output(),
                                        rows,
                                        rows(tensor.info()),
                                        tensor.file().getParent())
                        + " config has no tokenizer_source; config.json says vocab_size: " + rows);
            }
        }
        return plain(
                base.map(tensor -> tensor.firstRows(rows)),
                experts.stream().map(tensor -> tensor.firstRows(rows)).toList());
    }

    private static Shape withRows(TensorInfo tensor, long rows) {
        return new Shape(
                Stream.concat(Stream.of(rows), columns(tensor.shape()).stream()).toList());
    }

    private static long rows(TensorInfo tensor) {
        return tensor.shape().dims().getFirst();
    }

    private static List<Long> columns(Shape shape) {
        return shape.dims().subList(1, shape.dims().size());
    }
}

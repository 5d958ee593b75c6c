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
    private final Exactness exactness;
    private final TensorProblems problems;
    private final Set<String> notes = new TreeSet<>();
    private OptionalLong vocabulary = OptionalLong.empty();

    TensorFinder(
            List<SliceModels> slices,
            VocabularyRule rule,
            Optional<ResultTokenizer> tokenizer,
            Exactness exactness,
            TensorProblems problems) {
        this.slices = slices;
        this.rule = rule;
        this.tokenizer = tokenizer;
        this.exactness = exactness;
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

    /** The donor's tensor for that place, or, where it has none, that of the first model that has one. */
    MappedTensor donors(TensorPlace place) {
        SliceModels slice = slices.get(place.slice());
        return slice.donor()
                .tensor(place.output())
                .or(() -> Optional.ofNullable(slice.untied().get(place.output()))
                        .flatMap(shape -> slice.donor().head(place.output(), shape)))
                .or(() -> slice.experts().stream()
                        .flatMap(expert -> expert.tensor(place.output()).stream())
                        .findFirst())
                .orElseThrow();
    }

    /** Everything for that place, if all models have it in shapes that fit. */
    Optional<TensorInputs> find(TensorPlace place) {
        SliceModels slice = slices.get(place.slice());
        MappedTensor donors = donors(place);
        boolean tokens = slice.donor().layout().isOfVocabulary(donors.info());
        List<MappedTensor> experts = new ArrayList<>();
        List<Integer> present = new ArrayList<>();
        Set<String> said = new HashSet<>();
        for (int i = 0; i < slice.experts().size(); i++) {
            SliceSource expert = slice.experts().get(i);
            Optional<MappedTensor> theirs =
                    tokens ? expert.head(place.output(), donors.info().shape()) : expert.tensor(place.output());
            if (theirs.isEmpty() && exactness.allowMissing() && !(tokens && tokenizer.isPresent())) {
                continue;
            }
            theirs.ifPresent(experts::add);
            present.add(i);
            String reference = expert.input().reference();
            boolean fits = theirs.isPresent()
                    && (fits(expert, theirs.get().info(), donors.info(), tokens)
                            || fitsInRows(slice, theirs.get().info(), donors.info()));
            if (!fits && said.add(reference)) {
                String how = theirs.map(tensor -> tensor.info().shape() + " in").orElse("missing from");
                String help = theirs.map(tensor -> help(expert, tensor.info(), donors.info(), tokens))
                        .orElse("; --allow-missing merges those that have it");
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
        if (tokens && tokenizer.isPresent()) {
            return Optional.of(lined(place, base, experts, present));
        }
        return Optional.of(cropped(place, base, experts, present, tokens));
    }

    /** Whether the first rows may be merged: as many as the base has, or without a base as all have. */
    private boolean fitsInRows(SliceModels slice, TensorInfo theirs, TensorInfo wanted) {
        return exactness.allowSubmatrix()
                && tokenizer.isEmpty()
                && !theirs.shape().dims().isEmpty()
                && !wanted.shape().dims().isEmpty()
                && columns(theirs.shape()).equals(columns(wanted.shape()))
                && (slice.origin().isEmpty() || rows(theirs) >= rows(wanted));
    }

    private boolean fits(SliceSource expert, TensorInfo theirs, TensorInfo wanted, boolean tokens) {
        boolean sameRows = tokens && differInTokensAlone(expert, theirs, wanted);
        if (tokens && tokenizer.isPresent()) {
            return sameRows;
        }
        return theirs.shape().equals(wanted.shape()) || (sameRows && rule.fits(rows(theirs), rows(wanted)));
    }

    private static boolean differInTokensAlone(SliceSource expert, TensorInfo theirs, TensorInfo wanted) {
        return expert.layout().isOfVocabulary(theirs) && columns(theirs.shape()).equals(columns(wanted.shape()));
    }

    private String help(SliceSource expert, TensorInfo theirs, TensorInfo wanted, boolean tokens) {
        if (tokens && tokenizer.isPresent()) {
            return "; with a tokenizer, config.json's vocab_size has to say the number of rows, and the columns to be as many";
        }
        return tokens && differInTokensAlone(expert, theirs, wanted)
                ? "; tokenizer_source: base lines the tokens up"
                : "";
    }

    /** With a row for the same token at the same place in all of them. */
    private TensorInputs lined(
            TensorPlace place, Optional<MappedTensor> base, List<MappedTensor> experts, List<Integer> present) {
        ResultTokenizer made = tokenizer.orElseThrow();
        List<RowView> views = made.views(
                slices.get(place.slice()), place.output(), donors(place).info().shape());
        vocabulary = OptionalLong.of(made.rows());
        TensorInfo first = base.orElseGet(experts::getFirst).info();
        return new TensorInputs(base, experts, present, withRows(first, made.rows()), views);
    }

    /** In the rows that all of them have, where they differ in that at all. */
    private TensorInputs cropped(
            TensorPlace place,
            Optional<MappedTensor> base,
            List<MappedTensor> experts,
            List<Integer> present,
            boolean tokens) {
        Shape shape = base.orElseGet(experts::getFirst).info().shape();
        boolean alike = true;
        for (MappedTensor tensor : experts) { // no stream: it is asked of every tensor
            alike &= tensor.info().shape().equals(shape);
        }
        if (alike) {
            return new TensorInputs(base, experts, present, shape, List.of());
        }
        List<MappedTensor> all = Stream.concat(base.stream(), experts.stream()).toList();
        long rows = all.stream().mapToLong(tensor -> rows(tensor.info())).min().orElseThrow();
        for (MappedTensor tensor : all) {
            if (rows(tensor.info()) > rows) {
                notes.add(tokens ? tokensLeftOut(place, tensor, rows) : rowsLeftOut(place, tensor, rows));
                vocabulary = tokens ? OptionalLong.of(rows) : vocabulary;
            }
        }
        return new TensorInputs(
                base.map(tensor -> tensor.firstRows(rows)),
                experts.stream().map(tensor -> tensor.firstRows(rows)).toList(),
                present,
                withRows(all.getFirst().info(), rows),
                List.of());
    }

    private static String tokensLeftOut(TensorPlace place, MappedTensor tensor, long rows) {
        return "%s: the first %,d of %,d tokens of %s are merged, as the models' vocabularies differ and the"
                        .formatted(
                                place.output(),
                                rows,
                                rows(tensor.info()),
                                tensor.file().getParent())
                + " config has no tokenizer_source; config.json says vocab_size: " + rows;
    }

    private static String rowsLeftOut(TensorPlace place, MappedTensor tensor, long rows) {
        return "%s: the first %,d of %,d rows of %s are merged (--allow-shape-mismatch submatrix)"
                .formatted(place.output(), rows, rows(tensor.info()), tensor.file());
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

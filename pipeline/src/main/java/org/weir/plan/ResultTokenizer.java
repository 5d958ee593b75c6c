package org.weir.plan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.weir.checkpoint.AddedToken;
import org.weir.checkpoint.Checkpoint;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.Shape;
import org.weir.checkpoint.TokenizerJson;

/**
 * The vocabulary of the result: one model's, or all of theirs, with the tokens that the config names. What one model has
 * stays where it is; tokens of others follow in the order of the models and of their numbers.
 */
public final class ResultTokenizer {
    private final TokenizerEntry entry;
    private final ConfigProblems problems;
    private final Set<String> notes = new LinkedHashSet<>();
    private final ModelVocabularies vocabularies;
    private final Map<List<Checkpoint>, TokenRows> rows = new HashMap<>();
    private final Map<String, Integer> vocabulary = new LinkedHashMap<>();
    private final List<AddedToken> appended = new ArrayList<>();
    private SliceSource donor;
    /** One more than the largest number. */
    private int tokens;

    /** @param models all of them, the base first if there is one */
    ResultTokenizer(TokenizerEntry entry, List<SliceSource> models, ConfigProblems problems) {
        this.entry = entry;
        this.problems = problems;
        this.donor = models.getFirst();
        this.vocabularies = new ModelVocabularies(models, entry.source());
        notes.addAll(vocabularies.notes());
        if (vocabularies.problems().isEmpty()) {
            choose(models);
        }
    }

    /** The model whose tokenizer the result's is made of. */
    public Checkpoint donor() {
        return donor.input().checkpoint();
    }

    /** The text of the result's {@code tokenizer.json}. */
    public byte[] json() throws IOException {
        return TokenizerJson.read(donor().file(ModelVocabularies.FILE).orElseThrow())
                .with(ModelVocabularies.limit(donor), appended);
    }

    /** Whether the result's tokenizer is the donor's in all its files. */
    public boolean isDonors() {
        return appended.isEmpty() && !vocabularies.isShortened(donor());
    }

    /** Whether a token with this number and text is one of the result's. */
    public boolean has(String number, String token) {
        return number.equals(String.valueOf(vocabulary.get(token)));
    }

    /** Rows of the result's embedding. */
    int rows() {
        int padTo = entry.padTo().orElse(1);
        return Math.multiplyExact(Math.ceilDiv(tokens, padTo), padTo);
    }

    List<PlanProblem> problems() {
        return Stream.concat(vocabularies.problems().stream(), problems.sorted().stream())
                .toList();
    }

    Set<String> notes() {
        return notes;
    }

    /** What is read for an embedding or head in place of the matrices of a slice's models, the base first. */
    List<RowView> views(SliceModels slice, String output, Shape shape) {
        List<SliceSource> inputs = slice.inputs();
        List<SliceSource> distinct = distinct(inputs);
        List<Checkpoint> models =
                distinct.stream().map(source -> source.input().checkpoint()).toList();
        TokenRows tokenRows = rows.computeIfAbsent(models, _ -> tokenRows(distinct));
        List<MappedTensor> matrices = distinct.stream()
                .map(source -> source.head(output, shape).orElseThrow())
                .toList();
        return inputs.stream()
                .map(source ->
                        new RowView(tokenRows, models.indexOf(source.input().checkpoint()), matrices))
                .toList();
    }

    private static List<SliceSource> distinct(List<SliceSource> sources) {
        Map<Checkpoint, SliceSource> distinct = new LinkedHashMap<>();
        sources.forEach(source -> distinct.putIfAbsent(source.input().checkpoint(), source));
        return List.copyOf(distinct.values());
    }

    private void choose(List<SliceSource> models) {
        boolean union = entry.source().equals(TokenizerEntry.UNION);
        if (!union && !entry.source().equals(TokenizerEntry.BASE)) {
            Optional<SliceSource> named = models.stream()
                    .filter(model -> model.input().reference().equals(entry.source()))
                    .findFirst();
            if (named.isEmpty()) {
                problems.add(
                        entry.line(),
                        "the tokenizer's source " + OneLine.quoted(entry.source())
                                + " is none of the models; expected union, base or one of them");
                return;
            }
            donor = named.get();
        }
        vocabulary.putAll(vocabularies.of(donor()));
        tokens = 1 + vocabulary.values().stream().mapToInt(id -> id).max().orElse(-1);
        if (union) {
            unite(vocabularies.added());
        }
        entry.tokens().keySet().stream()
                .filter(token -> !vocabulary.containsKey(token))
                .forEach(token -> append(AddedToken.plain(0, token)));
    }

    /** First the words of all models, then the tokens that they have added; of those the first settings count. */
    private void unite(Map<SliceSource, List<AddedToken>> added) {
        Map<String, AddedToken> addedByContent = new LinkedHashMap<>();
        added.values().forEach(list -> list.forEach(token -> addedByContent.putIfAbsent(token.content(), token)));
        for (SliceSource model : added.keySet()) {
            Map<String, Integer> own = vocabularies.of(model.input().checkpoint());
            own.entrySet().stream()
                    .filter(token ->
                            !vocabulary.containsKey(token.getKey()) && !addedByContent.containsKey(token.getKey()))
                    .sorted(Map.Entry.comparingByValue())
                    .map(token -> AddedToken.plain(0, token.getKey()))
                    .toList()
                    .forEach(this::append);
        }
        addedByContent.values().stream()
                .filter(token -> !vocabulary.containsKey(token.content()))
                .forEach(this::append);
    }

    private void append(AddedToken token) {
        appended.add(token.at(tokens));
        vocabulary.put(token.content(), tokens++);
    }

    private TokenRows tokenRows(List<SliceSource> models) {
        IdentityHashMap<Map<String, Integer>, int[]> known = new IdentityHashMap<>();
        List<int[]> own = models.stream()
                .map(model ->
                        known.computeIfAbsent(vocabularies.of(model.input().checkpoint()), this::ownRows))
                .toList();
        int[] source = new int[tokens];
        int[] row = new int[tokens];
        Arrays.fill(source, TokenRows.ZERO);
        BitSet forced = new BitSet();
        vocabulary.forEach((token, id) -> {
            TokenizerEntry.Token asked = entry.tokens().get(token);
            if (asked != null && asked.force()) {
                forced.set(id);
            }
            if (asked != null && asked.source() != TokenizerEntry.Source.AUTOMATIC) {
                askedFor(asked, token, id, models, source, row);
            } else {
                automatic(id, models, own, source, row);
            }
        });
        long zeros = IntStream.of(source).filter(each -> each == TokenRows.ZERO).count();
        if (zeros > 0) {
            notes.add("tokens with a row of zeros, since no model has one for them or the config asks for it: %,d"
                    .formatted(zeros));
        }
        noteLeftOut(models);
        return new TokenRows(own, source, row, forced);
    }

    private void noteLeftOut(List<SliceSource> models) {
        for (SliceSource model : models) {
            Map<String, Integer> own = vocabularies.of(model.input().checkpoint());
            long all = model.layout().vocabulary().orElse(own.size());
            long taken = own.keySet().stream().filter(vocabulary::containsKey).count();
            if (taken < all) {
                notes.add("%s: %,d of its %,d rows for tokens are left out, as the result has no token for them"
                        .formatted(model.input().reference(), all - taken, all));
            }
        }
    }

    private int[] ownRows(Map<String, Integer> own) {
        int[] ownRows = new int[tokens];
        Arrays.fill(ownRows, -1);
        vocabulary.forEach((token, id) -> ownRows[id] = own.getOrDefault(token, -1));
        return ownRows;
    }

    /** The only model that has it, else the base, else the mean of all that have it. */
    private static void automatic(int id, List<SliceSource> models, List<int[]> own, int[] source, int[] row) {
        int having = 0;
        int chosen = -1;
        for (int model = 0; model < own.size(); model++) {
            if (own.get(model)[id] >= 0) {
                having++;
                boolean first = chosen < 0;
                chosen = first || models.get(model).input().base() ? model : chosen;
            }
        }
        boolean one = having == 1 || (having > 1 && models.get(chosen).input().base());
        source[id] = one ? chosen : having == 0 ? TokenRows.ZERO : TokenRows.MEAN;
        row[id] = one ? own.get(chosen)[id] : 0;
    }

    private void askedFor(
            TokenizerEntry.Token asked, String token, int id, List<SliceSource> models, int[] source, int[] row) {
        if (asked.source() == TokenizerEntry.Source.ZERO) {
            return;
        }
        String wanted = asked.token().orElse(token);
        for (int model = 0; model < models.size(); model++) {
            if (models.get(model).input().reference().equals(asked.model())) {
                OptionalInt found = asked.id().isPresent()
                        ? asked.id()
                        : numberOf(wanted, models.get(model).input().checkpoint());
                if (found.isPresent() && found.getAsInt() < ModelVocabularies.limit(models.get(model))) {
                    source[id] = model;
                    row[id] = found.getAsInt();
                    return;
                }
                problems.add(
                        asked.line(),
                        OneLine.quoted(asked.model()) + " has no token "
                                + (asked.id().isPresent() ? asked.id().getAsInt() : OneLine.quoted(wanted))
                                + ", which the row of " + OneLine.quoted(token) + " is to come from");
                return;
            }
        }
        problems.add(
                asked.line(),
                OneLine.quoted(asked.model()) + ", which the row of " + OneLine.quoted(token)
                        + " is to come from, is none of the models");
    }

    private OptionalInt numberOf(String token, Checkpoint model) {
        Integer number = vocabularies.of(model).get(token);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }
}

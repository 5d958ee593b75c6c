package org.weir.plan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.weir.checkpoint.AddedToken;
import org.weir.checkpoint.Checkpoint;
import org.weir.checkpoint.TokenizerJson;

/** Which tokens the models have, as their {@code tokenizer.json} says; those without one have the first model's. */
final class ModelVocabularies {
    static final String FILE = "tokenizer.json";

    private final SliceSource first;
    private final String required;
    private final Map<Checkpoint, Map<String, Integer>> tokens = new HashMap<>();
    private final Map<SliceSource, List<AddedToken>> added = new LinkedHashMap<>();

    /** Those whose tokenizer has more tokens than the model has rows. */
    private final Set<Checkpoint> shortened = new HashSet<>();

    private final List<PlanProblem> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * Reads them all, each once.
     *
     * @param models at least one
     * @param required the model that has to have a tokenizer, beside the first one
     */
    ModelVocabularies(List<SliceSource> models, String required) {
        this.first = models.getFirst();
        this.required = required;
        for (SliceSource model : models) {
            if (!tokens.containsKey(model.input().checkpoint())) {
                read(model);
            }
        }
    }

    /** How many rows the model has for tokens: the others of its tokenizer count for nothing. */
    static int limit(SliceSource model) {
        return (int) Math.min(model.layout().vocabulary().orElse(Integer.MAX_VALUE), Integer.MAX_VALUE);
    }

    /** The tokens of a model and their numbers. */
    Map<String, Integer> of(Checkpoint model) {
        return tokens.getOrDefault(model, Map.of());
    }

    /** The tokens that were added to the models which have a tokenizer, in the order of the models. */
    Map<SliceSource, List<AddedToken>> added() {
        return added;
    }

    /** Whether tokens of the model's tokenizer are left out. */
    boolean isShortened(Checkpoint model) {
        return shortened.contains(model);
    }

    List<PlanProblem> problems() {
        return problems;
    }

    List<String> notes() {
        return notes;
    }

    private void read(SliceSource model) {
        Optional<Path> file = model.input().checkpoint().file(FILE);
        if (file.isEmpty()) {
            takeFirst(model);
            return;
        }
        try {
            take(model, file.get(), TokenizerJson.read(file.get()));
        } catch (IOException e) {
            problem(model.input().reference(), String.valueOf(e.getMessage()));
        }
    }

    private void takeFirst(SliceSource model) {
        String reference = model.input().reference();
        if (model.equals(first) || reference.equals(required)) {
            problem(
                    reference,
                    "has no tokenizer.json, which the config's tokenizer is made of; save it with transformers as a"
                            + " fast tokenizer");
        }
        notes.add(reference + " has no tokenizer.json: its tokens are taken for those of "
                + first.input().reference());
        tokens.put(model.input().checkpoint(), of(first.input().checkpoint()));
    }

    private void take(SliceSource model, Path file, TokenizerJson json) {
        Checkpoint checkpoint = model.input().checkpoint();
        int limit = limit(model);
        Map<String, Integer> used = new LinkedHashMap<>(json.tokens());
        used.values().removeIf(id -> id >= limit);
        if (used.size() < json.tokens().size()) {
            shortened.add(checkpoint);
            if (!json.type().equals("BPE") && !json.type().isEmpty()) {
                problem(
                        file.toString(),
                        "has tokens beyond config.json's vocab_size %,d, which can be left out of a BPE tokenizer only, not of %s"
                                .formatted(limit, json.type()));
            }
        }
        // most models of a merge have the same, which is kept once
        tokens.put(
                checkpoint,
                tokens.values().stream().filter(used::equals).findFirst().orElse(used));
        added.put(
                model, json.added().stream().filter(token -> token.id() < limit).toList());
    }

    private void problem(String where, String message) {
        problems.add(new PlanProblem(PlanProblem.Kind.INPUT, where, message));
    }
}

package org.weir.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Orders the documents of a config, as mergekit-multi has them: one with a {@code name} is a step, and the others use its
 * result as a model of that name. The one without a name is the result; where all have one, the one that no other uses.
 */
public final class ConfigSteps {
    private final ConfigProblems problems;
    private final Map<String, MergeConfig> named = new LinkedHashMap<>();
    private final Map<MergeConfig, Boolean> done = new HashMap<>();
    private final List<MergeConfig> ordered = new ArrayList<>();

    private ConfigSteps(ConfigProblems problems) {
        this.problems = problems;
    }

    /**
     * Every document after those that it uses, the result last.
     *
     * @throws PlanException if there is no such order, no one result, or a step that nothing uses
     */
    public static List<MergeConfig> ordered(List<MergeConfig> documents) throws PlanException {
        ConfigSteps steps =
                new ConfigSteps(new ConfigProblems(documents.getFirst().file()));
        if (documents.size() > 1) {
            documents.forEach(steps::name);
            steps.result(documents).ifPresent(steps::visit);
            steps.requireUsed();
        } else {
            steps.ordered.addAll(documents);
        }
        if (!steps.problems.isEmpty()) {
            throw steps.problems.exception();
        }
        return List.copyOf(steps.ordered);
    }

    private void name(MergeConfig document) {
        document.name().ifPresent(name -> {
            if (!name.matches("[A-Za-z0-9_][A-Za-z0-9._-]*")) {
                problems.add(
                        document.methodLine(),
                        "the name " + OneLine.quoted(name)
                                + " of this step; expected letters, digits, '.', '_' and '-'");
            } else if (named.putIfAbsent(name, document) != null) {
                problems.add(document.methodLine(), "a second step of the name " + OneLine.quoted(name));
            }
        });
    }

    private Optional<MergeConfig> result(List<MergeConfig> documents) {
        List<MergeConfig> nameless =
                documents.stream().filter(each -> each.name().isEmpty()).toList();
        Set<String> used = new LinkedHashSet<>();
        documents.forEach(document -> used.addAll(document.references()));
        List<MergeConfig> last = nameless.isEmpty()
                ? named.values().stream()
                        .filter(each -> !used.contains(each.name().orElse("")))
                        .toList()
                : nameless;
        if (last.size() == 1) {
            return Optional.of(last.getFirst());
        }
        problems.add(
                last.isEmpty() ? 0 : last.get(1).methodLine(),
                last.isEmpty()
                        ? "every document uses the result of another, so none is the last"
                        : "a second result; give all documents but one a name, and use each of them in another");
        return Optional.empty();
    }

    private void visit(MergeConfig document) {
        Boolean finished = done.putIfAbsent(document, false);
        if (finished != null) {
            if (!finished) {
                problems.add(
                        document.methodLine(),
                        "the step " + OneLine.quoted(document.name().orElse(""))
                                + " uses itself, by way of others or not");
            }
            return;
        }
        document.references().stream()
                .flatMap(reference -> Stream.ofNullable(named.get(reference)))
                .forEach(this::visit);
        done.put(document, true);
        ordered.add(document);
    }

    private void requireUsed() {
        if (problems.isEmpty()) {
            named.values().stream()
                    .filter(document -> !ordered.contains(document))
                    .forEach(document -> problems.add(
                            document.methodLine(),
                            "nothing that leads to the result uses the step "
                                    + OneLine.quoted(document.name().orElse(""))));
        }
    }
}

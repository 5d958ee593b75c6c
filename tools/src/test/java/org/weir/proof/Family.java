package org.weir.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * A trained base of the miniature, its eight experts, and the study's two scores.
 *
 * @param folder where {@code base} and {@code expert-1} to {@code expert-8} lie
 * @param own the accuracy of each expert on its own task
 * @param baseHeldOut the base's accuracy on each held-out task
 */
record Family(
        Path folder, Model base, List<Model> experts, Questions questions, List<Double> own, List<Double> baseHeldOut) {

    private static final Map<String, Family> READ = new ConcurrentHashMap<>();

    /** The family {@code strong} or {@code weak}. */
    static Family named(String name) {
        return READ.computeIfAbsent(name, each -> {
            try {
                return read(each, Questions.read());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static Family read(String name, Questions questions) throws IOException {
        Path folder = Resources.project().resolve("examples/miniature").resolve(name);
        Model base = Model.read(folder.resolve("base"));
        List<Model> experts = new ArrayList<>();
        for (int k = 1; k <= 8; k++) {
            experts.add(Model.read(folder.resolve("expert-" + k)));
        }
        List<Double> own = IntStream.range(0, 8)
                .mapToObj(k -> questions.heldIn().get(k).accuracy(experts.get(k)))
                .toList();
        List<Double> baseHeldOut =
                questions.heldOut().stream().map(task -> task.accuracy(base)).toList();
        return new Family(folder, base, List.copyOf(experts), questions, own, baseHeldOut);
    }

    Path basePath() {
        return folder.resolve("base");
    }

    List<Path> expertPaths() {
        return IntStream.rangeClosed(1, 8)
                .mapToObj(k -> folder.resolve("expert-" + k))
                .toList();
    }

    /** Mean over the held-in tasks of the accuracy, as a share of that task's expert's. */
    double heldIn(Model merged) {
        return IntStream.range(0, own.size())
                .mapToDouble(k -> heldIn(k, merged))
                .average()
                .orElseThrow();
    }

    double heldIn(int task, Model merged) {
        return questions.heldIn().get(task).accuracy(merged) / own.get(task);
    }

    /** Mean over the held-out tasks of the accuracy, as a share of the base's. */
    double heldOut(Model merged) {
        return IntStream.range(0, baseHeldOut.size())
                .mapToDouble(k -> questions.heldOut().get(k).accuracy(merged) / baseHeldOut.get(k))
                .average()
                .orElseThrow();
    }

    /** Mean accuracy on the validation sets of the held-in tasks. */
    double validation(Model merged) {
        return questions.validation().stream()
                .mapToDouble(task -> task.accuracy(merged))
                .average()
                .orElseThrow();
    }
}

package org.weir.plan;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.weir.checkpoint.Checkpoint;
import org.weir.checkpoint.ConfigJson;
import org.weir.checkpoint.ModelLocator;
import org.weir.checkpoint.TooManyFilesException;

/** Finds and opens the models of a config, each once, however often it is listed. */
final class ModelInputs {

    private final Path workingDirectory;
    private final Map<String, String> environment;
    /** Results of other steps, by name. */
    private final Map<String, StepResult> steps;

    private final Map<String, Checkpoint> opened = new HashMap<>();
    /** Those that nobody has asked for yet. */
    private final Map<String, Future<Checkpoint>> ahead = new HashMap<>();

    private final Set<String> refused = new HashSet<>();
    private final List<PlanProblem> problems = new ArrayList<>();

    ModelInputs(Path workingDirectory, Map<String, String> environment, Map<String, StepResult> steps) {
        this.workingDirectory = workingDirectory;
        this.environment = environment;
        this.steps = steps;
    }

    /**
     * Opens models that will be asked for, side by side: their headers take a processor longer than a disk. What is wrong
     * with one of them is said when it is asked for.
     */
    void openAhead(Set<String> references) {
        int threads = Math.min(references.size(), Runtime.getRuntime().availableProcessors());
        try (ExecutorService side = Executors.newFixedThreadPool(threads)) {
            references.forEach(reference -> ahead.put(reference, side.submit(() -> checkpoint(reference))));
        }
    }

    private Checkpoint checkpoint(String reference) throws IOException {
        StepResult step = steps.get(reference);
        return Checkpoint.open(
                step == null ? ModelLocator.find(reference, workingDirectory, environment) : step.folder());
    }

    /** The model, or nothing and one more problem, however often it is listed. */
    Optional<Input> open(String reference, Input.Role role) {
        Checkpoint before = opened.get(reference);
        if (before != null) {
            return Optional.of(new Input(reference, role, before));
        }
        try {
            Future<Checkpoint> there = ahead.remove(reference);
            Checkpoint checkpoint = there == null ? checkpoint(reference) : result(there);
            opened.put(reference, checkpoint);
            checkConfig(checkpoint);
            return Optional.of(new Input(reference, role, checkpoint));
        } catch (IOException e) {
            PlanProblem.Kind kind = kind(e);
            boolean saidOfAll =
                    kind == PlanProblem.Kind.RESOURCES && problems.stream().anyMatch(problem -> problem.kind() == kind);
            if (refused.add(reference) && !saidOfAll) {
                problems.add(new PlanProblem(kind, reference, describe(e, reference)));
            }
            return Optional.empty();
        }
    }

    /** What would otherwise be found after hours, when the result gets its config.json; and codes, which have no mean. */
    private void checkConfig(Checkpoint checkpoint) throws IOException {
        Optional<Path> config = checkpoint.file("config.json");
        if (config.isPresent() && ConfigJson.read(config.get()).quantized()) {
            problems.add(
                    new PlanProblem(
                            PlanProblem.Kind.INPUT,
                            config.get().toString(),
                            "found a quantization_config, expected weights that are numbers and not codes; dequantize the model"));
        }
    }

    List<PlanProblem> problems() {
        return List.copyOf(problems);
    }

    void close() {
        opened.values().forEach(Checkpoint::close);
        ahead.values().stream()
                .filter(there -> there.state() == Future.State.SUCCESS)
                .forEach(there -> there.resultNow().close());
    }

    private static Checkpoint result(Future<Checkpoint> done) throws IOException {
        if (done.state() == Future.State.SUCCESS) {
            return done.resultNow();
        }
        switch (done.exceptionNow()) {
            case IOException io -> throw io;
            case RuntimeException bug -> throw bug;
            case Error error -> throw error;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    private static PlanProblem.Kind kind(IOException e) {
        return e instanceof TooManyFilesException ? PlanProblem.Kind.RESOURCES : PlanProblem.Kind.INPUT;
    }

    /** Without the model's own name, which stands before it anyway. */
    private static String describe(IOException e, String reference) {
        String said = String.valueOf(e.getMessage());
        String message = said.startsWith(reference + ": ") ? said.substring(reference.length() + 2) : said;
        return switch (e) {
            case AccessDeniedException denied -> "no permission to read " + denied.getFile();
            case NoSuchFileException missing when missing.getReason() != null -> missing.getReason();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : message;
        };
    }
}

package org.weir.plan;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.weir.checkpoint.CheckpointWriter;
import org.weir.checkpoint.NotEnoughSpaceException;
import org.weir.checkpoint.ShardLayout;

/** Checks the place where the result will go, before any work, by the rules of the writer. */
final class OutputPlace {

    private OutputPlace() {}

    static List<PlanProblem> problems(Path out, List<Input> inputs, boolean overwrite) {
        List<PlanProblem> problems = new ArrayList<>();
        try {
            Path place = CheckpointWriter.place(out);
            for (Input input : inputs) {
                Path model = input.checkpoint().path().toRealPath();
                if (place.startsWith(model) || model.startsWith(place)) {
                    problems.add(new PlanProblem(
                            PlanProblem.Kind.CONFIG,
                            out.toString(),
                            "lies in or around the input " + input.reference()
                                    + "; an output is never written into an input"));
                }
            }
            if (problems.isEmpty()) {
                CheckpointWriter.requirePlace(out, overwrite);
            }
        } catch (IOException e) {
            problems.add(problem(PlanProblem.Kind.CONFIG, out, e));
        }
        return problems;
    }

    static Optional<PlanProblem> lackOfSpace(Path out, ShardLayout layout) {
        try {
            CheckpointWriter.requireSpace(out, layout);
            return Optional.empty();
        } catch (NotEnoughSpaceException e) {
            return Optional.of(problem(PlanProblem.Kind.RESOURCES, out, e));
        } catch (IOException e) {
            return Optional.of(problem(PlanProblem.Kind.CONFIG, out, e));
        }
    }

    private static PlanProblem problem(PlanProblem.Kind kind, Path out, IOException e) {
        return switch (e) {
            case FileSystemException file
            when file.getReason() != null -> new PlanProblem(kind, file.getFile(), file.getReason());
            case NotEnoughSpaceException full ->
                new PlanProblem(
                        kind,
                        out.toString(),
                        "not enough space: %,d bytes are needed, %,d are free"
                                .formatted(full.neededBytes(), full.availableBytes()));
            default -> new PlanProblem(kind, out.toString(), "cannot be looked at: " + e.getMessage());
        };
    }
}

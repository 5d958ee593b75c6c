package org.weir.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.weir.checkpoint.ShardLayout;

/** Checks the place where the result will go, before any work. */
final class OutputPlace {

    /** For the files beside the weights, and what a file system keeps for itself. */
    private static final long MARGIN_BYTES = 64 << 20;

    private OutputPlace() {}

    static List<PlanProblem> problems(Path out, ShardLayout layout, List<Input> inputs, boolean overwrite) {
        List<PlanProblem> problems = new ArrayList<>();
        try {
            Path place = real(out.toAbsolutePath().normalize());
            for (Input input : inputs) {
                Path model = input.checkpoint().path().toRealPath();
                if (place.startsWith(model) || model.startsWith(place)) {
                    problems.add(config(
                            out,
                            "lies in or around the input " + input.reference()
                                    + "; an output is never written into an input"));
                }
            }
            if (!overwrite && taken(out)) {
                problems.add(config(out, "exists already; choose another name, or --overwrite to replace it"));
            }
            long free = Files.getFileStore(existing(place)).getUsableSpace();
            long needed = layout.totalFileBytes() + MARGIN_BYTES;
            if (free < needed) {
                problems.add(new PlanProblem(
                        PlanProblem.Kind.RESOURCES,
                        out.toString(),
                        "not enough space: %,d bytes are needed, %,d are free".formatted(needed, free)));
            }
        } catch (IOException e) {
            problems.add(config(out, "cannot be looked at: " + e.getMessage()));
        }
        return problems;
    }

    private static boolean taken(Path out) throws IOException {
        if (!Files.isDirectory(out)) {
            return Files.exists(out);
        }
        try (Stream<Path> entries = Files.list(out)) {
            return entries.findAny().isPresent();
        }
    }

    /** With the links of the part that exists resolved. */
    private static Path real(Path absolute) throws IOException {
        Path existing = existing(absolute);
        return existing.toRealPath().resolve(existing.relativize(absolute)).normalize();
    }

    private static Path existing(Path absolute) {
        Path path = absolute;
        while (!Files.exists(path) && path.getParent() != null) {
            path = path.getParent();
        }
        return path;
    }

    private static PlanProblem config(Path out, String message) {
        return new PlanProblem(PlanProblem.Kind.CONFIG, out.toString(), message);
    }
}

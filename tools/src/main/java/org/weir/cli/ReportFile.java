package org.weir.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.weir.engine.MergeReport;
import org.weir.plan.Input;
import org.weir.plan.MergePlan;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The file in which a run is written down: plan, machine, and what every stage took. */
final class ReportFile {
    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write what was measured into FILE as JSON, with the plan and the machine.")
    private @Nullable Path file;

    /**
     * Says now what would go wrong after hours.
     *
     * @throws ParameterException if the file cannot be written, or belongs to an input
     */
    void check(CommandSpec command, MergePlan plan) throws IOException {
        if (file == null) {
            return;
        }
        Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
        Path place = Files.exists(file) || Files.notExists(folder) ? file : folder;
        for (Input input : plan.files()) {
            if (Files.exists(place)
                    && place.toRealPath().startsWith(input.checkpoint().path().toRealPath())) {
                throw new ParameterException(
                        command.commandLine(), "--report " + file + ": is inside an input, which is never written to");
            }
        }
        obstacle(file).ifPresent(why -> {
            String line = "--report " + file + ": " + why + "; name another";
            throw new ParameterException(command.commandLine(), line);
        });
    }

    /** Asking is not enough: a superuser may write everywhere, until he does. */
    private static Optional<String> obstacle(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            return Optional.of("is there already and is not a file");
        }
        try {
            if (Files.exists(file)) {
                FileChannel.open(file, StandardOpenOption.WRITE).close();
            } else {
                Files.delete(Files.createFile(file));
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(reason(e));
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "cannot be written: there is no folder for it";
            case FileAlreadyExistsException _ -> "is a link to something that is not there";
            case AccessDeniedException _ -> "cannot be written: permission denied";
            case FileSystemException file -> "cannot be written: " + file.getReason();
            default -> "cannot be written: " + e.getMessage();
        };
    }

    void write(String command, MergePlan plan, Optional<Path> out, MergeReport report, OptionalDouble readSpeed)
            throws IOException {
        if (file != null) {
            JsonMapper mapper = JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();
            Files.writeString(file, mapper.writeValueAsString(json(command, plan, out, report, readSpeed)) + "\n");
        }
    }

    static Map<String, Object> json(
            String command, MergePlan plan, Optional<Path> out, MergeReport report, OptionalDouble readSpeed)
            throws IOException {
        StageShares shares = StageShares.of(report);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("command", command);
        out.ifPresent(path -> json.put("path", path.toString()));
        json.put("environment", Machine.json());
        json.put("plan", PlanJson.of(plan, out));
        json.put("readBytes", report.readBytes());
        json.put("writtenBytes", report.writtenBytes());
        json.put("seconds", report.elapsed().toNanos() / 1e9);
        json.put("publishSeconds", report.publishing().toNanos() / 1e9);
        json.put("threads", report.workers());
        report.steady().ifPresent(steady -> {
            double seconds = steady.elapsed().toNanos() / 1e9;
            long rate = Math.round(steady.bytes() / seconds);
            json.put("steady", Map.of("bytes", steady.bytes(), "seconds", seconds, "bytesPerSecond", rate));
        });
        json.putAll(shares.json());
        json.put("facts", report.facts());
        readSpeed.ifPresent(speed -> {
            json.put("machineReadBytesPerSecond", Math.round(speed));
            json.put("ofMachineRead", report.readBytes() / shares.seconds() / speed);
        });
        return json;
    }
}

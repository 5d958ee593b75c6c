package org.weir.cli;

import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * mergekit's options that choose devices, loaders and caches. They cannot change what Weir writes, so command lines
 * that carry them keep working; a note names them.
 */
final class MergekitOptions {
    private static final List<String> FLAGS = List.of(
            "--allow-crimes",
            "--async-write",
            "--clone-tensors",
            "--cuda",
            "--gpu-rich",
            "--lazy-unpickle",
            "--low-cpu-memory",
            "--multi-gpu",
            "--read-to-gpu",
            "--safe-serialization",
            "--trust-remote-code");
    private static final List<String> WITH_VALUE =
            List.of("--device", "--lora-merge-cache", "--lora-merge-dtype", "--transformers-cache", "--write-threads");

    private MergekitOptions() {}

    /** To be mixed into a command; hidden in its help. */
    static CommandSpec spec() {
        CommandSpec spec = CommandSpec.create();
        FLAGS.forEach(name ->
                spec.addOption(OptionSpec.builder(name, no(name)).hidden(true).build()));
        WITH_VALUE.forEach(name ->
                spec.addOption(OptionSpec.builder(name).arity("1").hidden(true).build()));
        return spec;
    }

    /** Names what was given and has no effect, in one line. */
    static void note(CommandSpec command, Output output) {
        List<String> given = command.commandLine().getParseResult().originalArgs().stream()
                .map(arg -> arg.split("=", 2)[0])
                .filter(MergekitOptions::isOurs)
                .distinct()
                .toList();
        if (given.contains(no("--safe-serialization"))) {
            throw new ParameterException(
                    command.commandLine(), "--no-safe-serialization: Weir writes safetensors and nothing else");
        }
        if (!given.isEmpty()) {
            output.note("no effect here, accepted for mergekit's sake: " + String.join(", ", given));
        }
    }

    private static boolean isOurs(String name) {
        return Stream.concat(FLAGS.stream().flatMap(flag -> Stream.of(flag, no(flag))), WITH_VALUE.stream())
                .anyMatch(name::equals);
    }

    private static String no(String flag) {
        return "--no-" + flag.substring(2);
    }
}

package org.weir.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.weir.method.MethodInfo;
import org.weir.method.Param;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The tables of the README, from what the code declares; a test compares the two. */
final class Markdown {
    private Markdown() {}

    static List<String> methods(List<MethodInfo> methods) {
        List<String> lines = new ArrayList<>();
        lines.add("| `merge_method` | what it computes | `base_model` | parameters (default) | reference |");
        lines.add("|---|---|---|---|---|");
        methods.forEach(method -> lines.add(row(
                "`" + method.name() + "`",
                method.summary(),
                MethodsCommand.baseWord(method),
                method.params().stream()
                        .filter(param -> !param.isIgnored())
                        .map(Markdown::param)
                        .collect(Collectors.joining(", ")),
                reference(method.reference()))));
        return lines;
    }

    static List<String> options(CommandSpec command) {
        List<String> lines = new ArrayList<>();
        lines.add("| option | what it does |");
        lines.add("|---|---|");
        command.options().stream()
                .filter(option -> !option.hidden() && !option.usageHelp())
                .forEach(option -> lines.add(row(names(option), description(option))));
        return lines;
    }

    private static String param(Param param) {
        return "`" + param.name() + "` (" + MethodsCommand.defaultWord(param) + ")";
    }

    private static String reference(String reference) {
        return reference.startsWith("arXiv:")
                ? "[" + reference + "](https://arxiv.org/abs/" + reference.substring("arXiv:".length()) + ")"
                : reference;
    }

    private static String names(OptionSpec option) {
        String value = option.arity().max() > 0 ? " " + option.paramLabel() : "";
        String names = String.join(", ", option.names());
        return "`" + (option.negatable() ? names.replace("--", "--[no-]") : names) + value + "`";
    }

    private static String description(OptionSpec option) {
        return String.join(" ", option.description())
                .replace("${DEFAULT-VALUE}", option.defaultValueString(true))
                .replace("%%", "%");
    }

    private static String row(String... cells) {
        return Arrays.stream(cells)
                .map(cell -> cell.replace("|", "\\|"))
                .collect(Collectors.joining(" | ", "| ", " |"));
    }
}

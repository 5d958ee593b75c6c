package org.weir.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.weir.method.MergeMethod;
import org.weir.method.MergeMethods;
import org.weir.method.MethodCost;
import org.weir.method.MethodInfo;
import org.weir.method.MethodInfo.Statistics;
import org.weir.method.Param;
import org.weir.method.Param.Scope;
import org.weir.plan.DidYouMean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says which merge methods there are, and what each one takes. */
@Command(name = "methods", description = "List the merge methods, or describe one of them.")
final class MethodsCommand implements Callable<Integer> {
    private final Output output;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "The method to describe.")
    private @Nullable String name;

    @Option(names = "--markdown", hidden = true, description = "Print the README's table of methods.")
    private boolean markdown;

    @Option(names = "--options", hidden = true, description = "With --markdown: the table of options of merge.")
    private boolean options;

    MethodsCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        if (markdown) {
            (options ? Markdown.options(merge()) : Markdown.methods(all())).forEach(output::result);
        } else if (name == null) {
            list();
        } else {
            describe(named(name));
        }
        return ExitCode.DONE;
    }

    private CommandSpec merge() {
        return Optional.ofNullable(spec.parent().subcommands().get("merge"))
                .orElseThrow()
                .getCommandSpec();
    }

    private void list() {
        if (output.isJson()) {
            all().forEach(method -> output.result(MethodJson.of(method)));
            return;
        }
        Table table = new Table().row("METHOD", "BASE_MODEL", "PARAMETERS");
        all().forEach(method -> table.row(method.name(), baseWord(method), paramsOf(method)));
        table.lines().forEach(output::result);
    }

    private void describe(MergeMethod described) {
        MethodInfo method = described.info();
        if (output.isJson()) {
            output.result(MethodJson.of(method));
            return;
        }
        output.result(method.name() + ": " + method.summary());
        output.result("");
        output.result("  " + method.formula());
        output.result("");
        output.result("reference   " + method.reference());
        output.result("base_model  " + baseUse(method));
        output.result("cost        " + cost(described));
        if (!method.differsFromMergekit().isEmpty()) {
            output.result("mergekit    " + method.differsFromMergekit());
        }
        output.result("");
        Table table = new Table().row("PARAMETER", "OF", "DEFAULT", "ACCEPTED", "WHAT IT DOES");
        method.params()
                .forEach(param ->
                        table.row(param.name(), scopeWord(param), defaultWord(param), param.accepted(), helpOf(param)));
        table.lines().forEach(output::result);
    }

    private static String cost(MergeMethod method) {
        return method.info().statistics() == Statistics.OF_LAYERS
                ? "reads large tensors twice, their statistics once and again for each 2^20 elements; memory for the widest"
                        + " layer: 4 B × in², and 20 MiB per worker"
                : MethodCost.of(method).toString();
    }

    private static String paramsOf(MethodInfo method) {
        return method.params().stream()
                .filter(param -> !param.isIgnored())
                .map(param -> param.name() + (param.required() ? " (required)" : "=" + param.defaultText()))
                .collect(Collectors.joining(", "));
    }

    static String baseWord(MethodInfo method) {
        return method.base().isRequired() ? "required" : "optional";
    }

    private static String baseUse(MethodInfo method) {
        return switch (method.base()) {
            case ORIGIN -> "required";
            case FIRST -> "required: one of the inputs";
            case OPTIONAL_ORIGIN ->
                method.statistics() == Statistics.OF_LAYERS
                        ? "optional: gives config and tokenizer"
                        : "optional: differences are taken from it";
            case SUMMAND -> "optional: one more input";
        };
    }

    static String scopeWord(Param param) {
        return param.scope() == Scope.PER_EXPERT ? "each model" : "the merge";
    }

    static String defaultWord(Param param) {
        return param.required() ? "required" : param.defaultText();
    }

    static String helpOf(Param param) {
        return param.isIgnored() ? "no effect: " + param.ignoredBecause() : param.help();
    }

    private static List<MethodInfo> all() {
        return MergeMethods.all().stream().map(MergeMethod::info).toList();
    }

    private MergeMethod named(String wanted) {
        List<String> names = MergeMethods.names();
        return MergeMethods.named(wanted)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "no method '" + wanted + "'; "
                                + DidYouMean.question(names, wanted).orElse("there are " + String.join(", ", names))));
    }
}

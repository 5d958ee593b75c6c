package org.weir.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program: what all commands share. */
@Command(
        name = "weir",
        header = "Merges large model checkpoints on CPUs, through a bounded amount of memory.",
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:done",
            " 2:the command line or the config is wrong",
            " 3:an input is missing, malformed, or does not fit the others",
            " 4:not enough memory or disk",
            " 6:reading or writing failed midway",
            "70:a bug in Weir",
            "129, 130, 143:stopped by a signal, cleanly",
        })
final class Weir implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    static CommandLine commandLine(Output output, SignalStop signals) {
        CommandLine weir = new CommandLine(new Weir());
        weir.getCommandSpec()
                .addMixin("output", CommandSpec.forAnnotatedObject(output))
                .addOption(help())
                .addOption(version());
        return weir.addSubcommand(likeMergekit(new MergeCommand(output, signals)))
                .addSubcommand(likeMergekit(new PlanCommand(output)))
                .addSubcommand(likeMergekit(new ProfileCommand(output, signals)))
                .addSubcommand(new StatCommand(output))
                .addSubcommand(new InspectCommand(output))
                .addSubcommand(new VerifyCommand(output))
                .addSubcommand(new MethodsCommand(output))
                .addSubcommand(new SynthCommand(output, signals))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(output.out(), true, output.out().charset()))
                .setErr(new PrintWriter(output.err(), true, output.err().charset()));
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Missing a command");
    }

    private static CommandLine likeMergekit(Object command) {
        CommandLine merging = new CommandLine(command);
        merging.getCommandSpec().addMixin("mergekit", MergekitOptions.spec());
        return merging;
    }

    private static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .scopeType(ScopeType.INHERIT)
                .description("Show this and exit.")
                .build();
    }

    private static OptionSpec version() {
        return OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Show the version and exit.")
                .build();
    }
}

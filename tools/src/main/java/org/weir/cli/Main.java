package org.weir.cli;

import java.io.PrintStream;
import picocli.CommandLine;

/** Starts a command and ends the process with its exit code. */
public final class Main {
    private Main() {}

    /** Runs the command that {@code args} name. Does not return: the exit code is one of {@link ExitCode}. */
    public static void main(String[] args) {
        StandardStream out = StandardStream.out();
        StandardStream err = StandardStream.err();
        SignalStop signals = SignalStop.installed();
        Thread.setDefaultUncaughtExceptionHandler((thread, bug) -> lastWords(err.print(), bug));
        int code = run(out.print(), err.print(), signals, args);
        out.print().flush();
        if (code == ExitCode.DONE && out.lost().isPresent()) {
            err.print().println("weir: cannot write to stdout: " + out.lost().get());
            code = ExitCode.IO;
        }
        err.print().flush();
        signals.ended(code);
        System.exit(code);
    }

    /** The whole program but for the process around it: prints to {@code out} and {@code err} and says its exit code. */
    public static int run(PrintStream out, PrintStream err, String... args) {
        return run(out, err, new SignalStop(), args);
    }

    private static int run(PrintStream out, PrintStream err, SignalStop signals, String... args) {
        Output output = new Output(out, err);
        CommandLine weir = Weir.commandLine(output, signals);
        weir.setParameterExceptionHandler((wrong, _) -> UsageErrors.report(wrong, output));
        weir.setExecutionExceptionHandler((failure, _, _) -> Failures.report(failure, output));
        return weir.execute(args);
    }

    /** An error that no command catches, such as a full heap: other threads may be anywhere, so nothing else is tried. */
    private static void lastWords(PrintStream err, Throwable bug) {
        boolean full = bug instanceof OutOfMemoryError;
        err.println("weir: " + (full ? Failures.fullText(bug) : Failures.bugText(bug)));
        err.flush();
        OrderlyEnd.say();
        Runtime.getRuntime().halt(full ? ExitCode.RESOURCES : ExitCode.BUG);
    }
}

package org.weir.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.weir.checkpoint.Printable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where commands speak: results on stdout; progress and messages on stderr, each message on one line. With
 * {@code --log-format json} every line of both is a JSON object.
 */
final class Output {
    enum Format {
        TEXT,
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Say nothing but results and problems.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Say more; an internal error shows its stack trace.")
    private boolean[] verbose = {}; // mergekit's may be repeated

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            scope = ScopeType.INHERIT,
            description = "json: one JSON object per line, results on stdout, progress and messages on stderr.")
    private Format format = Format.TEXT;

    private final PrintStream out;
    private final PrintStream err;

    Output(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    boolean isJson() {
        return format == Format.JSON;
    }

    boolean isQuiet() {
        return quiet;
    }

    boolean isVerbose() {
        return verbose.length > 0;
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    void result(String line) {
        out.println(Printable.line(line));
    }

    void result(Map<String, ?> object) {
        out.println(JsonMapper.shared().writeValueAsString(object));
    }

    /** Something worth knowing; left out by {@code --quiet}. */
    void note(String message) {
        if (!quiet) {
            message("note", message);
        }
    }

    /** Something that may make the result less than it seems; said even with {@code --quiet}. */
    void warning(String message) {
        message("warning", message);
    }

    /** A table or other lines beside the result; left out by {@code --quiet}. */
    void aside(List<String> lines) {
        if (!quiet) {
            lines.forEach(line -> err.println(Printable.line(line)));
        }
    }

    /** Something that stops the command. */
    void problem(String message) {
        message("problem", message);
    }

    /** One event on stderr, with {@code --log-format json}. */
    void event(String name, Map<String, ?> fields) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("event", name);
        event.putAll(fields);
        err.println(JsonMapper.shared().writeValueAsString(event));
    }

    /** Where something unexpected came from, for those who asked for more. */
    void stackTrace(Throwable thrown) {
        if (isVerbose()) {
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            trace.toString().lines().forEach(line -> message("trace", line));
        }
    }

    private void message(String kind, String text) {
        if (isJson()) {
            event(kind, Map.of("message", text));
        } else {
            err.println(Printable.line("weir: " + (kind.equals("warning") ? "warning: " : "") + text));
        }
    }
}

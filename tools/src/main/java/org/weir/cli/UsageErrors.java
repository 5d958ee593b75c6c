package org.weir.cli;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line in one line, with the nearest thing that would be right. */
final class UsageErrors {
    private UsageErrors() {}

    static int report(ParameterException wrong, Output output) {
        String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
        String what = wrong instanceof UnmatchedArgumentException unmatched ? unknown(unmatched) : text(wrong);
        output.problem(what + "; see '" + command + " --help'");
        return ExitCode.USAGE;
    }

    /** Names the first only: what follows an unknown option may have been its value. */
    private static String unknown(UnmatchedArgumentException unmatched) {
        String first = unmatched.getUnmatched().getFirst();
        boolean commands = !unmatched.getCommandLine().getSubcommands().isEmpty();
        String what = first.startsWith("-") ? "unknown option" : commands ? "unknown command" : "unexpected argument";
        List<String> suggestions = suggestions(unmatched, first);
        String question = suggestions.isEmpty() ? "" : "; did you mean " + String.join(" or ", suggestions) + "?";
        return what + " '" + first + "'" + question;
    }

    /** picocli compares whole names, which does not lead from --threads to --num-threads. */
    private static List<String> suggestions(UnmatchedArgumentException unmatched, String typed) {
        String word = typed.split("=", 2)[0].replaceFirst("^-+", "");
        List<String> similar = unmatched.getSuggestions();
        return !similar.isEmpty() || word.length() < 3
                ? similar
                : unmatched.getCommandLine().getCommandSpec().options().stream()
                        .filter(option ->
                                !option.hidden() && option.longestName().contains(word))
                        .map(OptionSpec::longestName)
                        .toList();
    }

    private static String text(ParameterException wrong) {
        String line = String.valueOf(wrong.getMessage()).lines().findFirst().orElse("");
        return line.isEmpty() ? line : line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1);
    }
}

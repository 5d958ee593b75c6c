package org.weir.cli;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line in one line, with the nearest thing that would be right. */
final class UsageErrors {
    private static final Pattern CHOICE =
            Pattern.compile("(.*: )expected one of \\[(.*)] \\(case-insensitive\\) but was (.*)");

    private UsageErrors() {}

    static int report(ParameterException wrong, Output output) {
        String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
        String what = wrong instanceof UnmatchedArgumentException unmatched ? unknown(unmatched) : text(wrong);
        output.problem(what + (what.endsWith("?") ? " See '" : "; see '") + command + " --help'");
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

    /** picocli compares whole names, which leads from version to merge and from --threads nowhere. */
    private static List<String> suggestions(UnmatchedArgumentException unmatched, String typed) {
        String word = typed.split("=", 2)[0].replaceFirst("^-+", "");
        List<String> containing = unmatched.getCommandLine().getCommandSpec().options().stream()
                .filter(option -> !option.hidden() && option.longestName().contains(word))
                .map(OptionSpec::longestName)
                .toList();
        return containing.isEmpty() || word.length() < 3 ? unmatched.getSuggestions() : containing;
    }

    /** picocli speaks of Java's types. */
    private static String inWords(String line) {
        Matcher choice = CHOICE.matcher(line);
        return choice.matches()
                ? choice.group(1) + choice.group(3) + ": expected "
                        + choice.group(2).toLowerCase(Locale.ROOT).replace(", ", " or ")
                : line.replaceFirst("' is not an int$", "' is not a whole number below 2^31")
                        .replaceFirst("' is not a long$", "' is not a whole number below 2^63")
                        .replaceFirst("' is not a double$", "' is not a number");
    }

    private static String text(ParameterException wrong) {
        String line =
                inWords(String.valueOf(wrong.getMessage()).lines().findFirst().orElse(""));
        return line.isEmpty() ? line : line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1);
    }
}

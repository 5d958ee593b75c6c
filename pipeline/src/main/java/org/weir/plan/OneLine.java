package org.weir.plan;

/** Text from files, made fit for one line of a message. */
final class OneLine {
    /** Long enough for any tensor name seen in the wild, short enough to read. */
    private static final int LONGEST_QUOTE = 120;

    private OneLine() {}

    /** The text with control, formatting and line-breaking characters and lone surrogates as {@code \}{@code uXXXX}. */
    static String of(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(codePoint -> {
            if (breaksLines(codePoint)) {
                line.append(String.format(codePoint > 0xffff ? "\\U%08x" : "\\u%04x", codePoint));
            } else {
                line.appendCodePoint(codePoint);
            }
        });
        return line.toString();
    }

    /** The text in quotes, cut where it is too long for a message. */
    static String quoted(String text) {
        int end = Math.min(text.length(), LONGEST_QUOTE);
        return text.length() > end ? "'" + text.substring(0, end) + "...'" : "'" + text + "'";
    }

    private static boolean breaksLines(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }
}

package org.weir.checkpoint;

import java.nio.file.Path;

/**
 * Text out of a file, made fit for a message: on one line, without terminal escapes or anything that turns the reading
 * direction round, and not longer than a person reads.
 */
public final class Printable {
    private static final int MAX_CHARS = 200;
    private static final int HEAD_CHARS = 120;
    private static final int TAIL_CHARS = 40;

    private Printable() {}

    static String quoted(String text) {
        return "'" + of(text) + "'";
    }

    /** Escaped, but whole: a shortened path leads nowhere. */
    static String path(Path path) {
        return line(path.toString());
    }

    static String of(Object text) {
        String whole = text.toString();
        if (whole.length() <= MAX_CHARS) {
            return line(whole);
        }
        String head = whole.substring(0, HEAD_CHARS);
        String tail = whole.substring(whole.length() - TAIL_CHARS);
        return "%s...(%d characters in all)...%s".formatted(line(head), whole.length(), line(tail));
    }

    static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    /** The whole text, with control, formatting and line-breaking characters and lone surrogates as their codes. */
    public static String line(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (isPlain(c)) {
                out.appendCodePoint(c);
            } else {
                out.append(c > 0xffff ? "\\u{%x}".formatted(c) : "\\u%04x".formatted(c));
            }
        });
        return out.toString();
    }

    private static boolean isPlain(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}

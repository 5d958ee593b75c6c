package org.weir.plan;

/** Text from files, made fit for one line of a message. */
final class OneLine {
    /** Long enough for any tensor name seen in the wild, short enough to read. */
    private static final int LONGEST_QUOTE = 120;

    private OneLine() {}

    /** The text in quotes, cut where it is too long for a message. */
    static String quoted(String text) {
        int end = Math.min(text.length(), LONGEST_QUOTE);
        return text.length() > end ? "'" + text.substring(0, end) + "...'" : "'" + text + "'";
    }
}

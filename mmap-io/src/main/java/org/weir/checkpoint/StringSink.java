package org.weir.checkpoint;

import java.io.Writer;

/** Takes a string of any length, keeps its beginning, and sees whether its surrogates come in pairs. */
final class StringSink extends Writer {
    private final StringBuilder kept = new StringBuilder();
    private final int keepChars;
    private boolean whole = true;
    private boolean loneSurrogate;
    private boolean afterHigh;

    StringSink(int keepChars) {
        this.keepChars = keepChars;
    }

    String kept() {
        return kept.toString();
    }

    /** Whether all of it was kept. */
    boolean isWhole() {
        return whole;
    }

    boolean hasLoneSurrogate() {
        return loneSurrogate || afterHigh;
    }

    @Override
    public void write(char[] text, int from, int length) {
        int room = Math.min(length, keepChars - kept.length());
        kept.append(text, from, room);
        whole &= room == length;
        for (int i = from; i < from + length; i++) {
            loneSurrogate |= Character.isLowSurrogate(text[i]) != afterHigh;
            afterHigh = Character.isHighSurrogate(text[i]);
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}

package org.weir.hostile;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A config and what has to be said to it. In the text, MODEL stands for a model that is there.
 *
 * @param line the one that a refusal names; 0 for the whole file; -1 where it is taken
 * @param words what else a refusal must name
 */
record HostileConfig(String name, byte[] text, int line, List<String> words) {
    private static final int TAKEN = -1;

    static HostileConfig taken(String name, String text) {
        return new HostileConfig(name, text.getBytes(StandardCharsets.UTF_8), TAKEN, List.of());
    }

    static HostileConfig refused(String name, String text, int line, String... words) {
        return refused(name, text.getBytes(StandardCharsets.UTF_8), line, words);
    }

    static HostileConfig refused(String name, byte[] text, int line, String... words) {
        return new HostileConfig(name, text, line, List.of(words));
    }

    boolean isTaken() {
        return line == TAKEN;
    }

    @Override
    public String toString() {
        return name;
    }
}

package org.weir.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.weir.cli.Main;

/** What a command said and how it ended, and the form that a refusal has. */
record Said(int code, String out, String err) {
    static final int DONE = 0;
    static final int CONFIG = 2;
    static final int INPUT = 3;

    private static final int LONGEST_LINE = 2_000;

    static Said by(Object... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Arrays.stream(args).map(Object::toString).toArray(String[]::new));
        return new Said(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Whatever is in it, a terminal shows it as one line that a person reads. */
    static void assertOneLine(String message) {
        assertEquals(1, message.lines().count(), message);
        assertTrue(message.length() <= LONGEST_LINE, message);
        assertTrue(message.chars().noneMatch(c -> c < ' ' || c >= 0x7f && c < 0xa0), message);
    }

    /** One line that names what must be named, and nothing of the program inside. */
    static void assertRefusal(String message, List<String> words) {
        assertOneLine(message);
        for (String inside : List.of("Exception", "org.weir", "java.", "jackson", "internal error", "StreamRead")) {
            assertFalse(message.contains(inside), message);
        }
        for (String word : words) {
            assertTrue(message.contains(word), () -> "no \"" + word + "\" in: " + message);
        }
    }

    void assertRefused(int expectedCode, List<String> words) {
        assertEquals(expectedCode, code, err);
        assertEquals("", out);
        assertRefusal(err.stripTrailing(), words);
    }
}

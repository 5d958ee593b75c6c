package org.weir.checkpoint;

import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;

/** JSON that is not what it should be. Whoever knows the file makes it a message with the file's name and the byte. */
final class JsonProblem extends Exception {
    static final String BAD_UTF8 = "found bytes that are not UTF-8, expected JSON in UTF-8";

    private final long charOffset;
    private final String reason;

    JsonProblem(long charOffset, String reason, @Nullable Throwable cause) {
        super(reason, cause);
        this.charOffset = charOffset;
        this.reason = reason;
    }

    /** Where in the text, in chars from its start. */
    long charOffset() {
        return charOffset;
    }

    String reason() {
        return isBadUtf8() ? BAD_UTF8 : reason;
    }

    /** Then {@link #charOffset} is unknown, because the decoder came before the parser. */
    boolean isBadUtf8() {
        return getCause() != null && getCause().getCause() instanceof CharacterCodingException;
    }
}

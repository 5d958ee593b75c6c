package org.weir.checkpoint;

import java.io.Reader;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * One JSON document, token by token, in the strict reading that a file from a stranger needs: integers that look like
 * integers, text that is Unicode, nothing after the end, and no more of it in memory than a name. It reads characters,
 * because given bytes Jackson would guess the encoding and let broken UTF-8 pass.
 *
 * <p>That a name occurs once is for the caller to see to, by {@link #requireFirst}: Jackson's own detection keeps every
 * name of every object, which a hostile file can make very many.
 */
final class StrictJson implements AutoCloseable {
    /** As deep as the reference parser goes. */
    private static final int MAX_DEPTH = 128;

    /** Of names, and of strings that are kept. The reference has no such limit. */
    private static final int MAX_NAME_CHARS = 1 << 20;

    private static final int SHOWN_CHARS = 200;

    // Interning and the symbol table are off: names are mostly different, and a table can be made to collide.
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(MAX_NAME_CHARS)
                    .maxStringLength(Header.MAX_TEXT_BYTES)
                    .maxNumberLength(1000)
                    .build())
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            .build();

    private static final JsonFactory PYTHON_JSON =
            JSON.rebuild().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

    private final JsonParser parser;

    StrictJson(Reader text) {
        this(text, JSON);
    }

    private StrictJson(Reader text, JsonFactory factory) {
        this.parser = factory.createParser(ObjectReadContext.empty(), text);
    }

    /** Lets {@code NaN} and {@code Infinity} pass, which Python writes into configs. */
    static StrictJson ofPython(Reader text) {
        return new StrictJson(text, PYTHON_JSON);
    }

    /** Moves on by one token. */
    JsonToken next() throws JsonProblem {
        JsonToken token = nextOrNull();
        if (token == null) {
            throw problem("the end of the text", "more of it");
        }
        return token;
    }

    void nextIs(JsonToken wanted, String expected) throws JsonProblem {
        if (next() != wanted) {
            throw unexpected(expected);
        }
    }

    /** The next token, which must be a string, and not an absurdly long one. */
    String nextString(String expected) throws JsonProblem {
        nextIs(JsonToken.VALUE_STRING, expected);
        StringSink string = readString(MAX_NAME_CHARS);
        if (!string.isWhole()) {
            throw problem("a string of more than " + MAX_NAME_CHARS + " characters", expected);
        }
        return string.kept();
    }

    /** The name that was read last. */
    String name() throws JsonProblem {
        String name = text();
        if (Printable.hasLoneSurrogate(name)) {
            throw problem("half a surrogate pair in " + Printable.quoted(name), "valid Unicode");
        }
        return name;
    }

    /** Reads over the string that was begun last, however long it is. */
    void skipString() throws JsonProblem {
        readString(0);
    }

    /** The integer that was read last, 0 to 2^63 - 1, written with digits alone. */
    long unsignedInteger(String expected) throws JsonProblem {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT || text().startsWith("-")) {
            throw unexpected(expected);
        }
        try {
            return parser.getLongValue();
        } catch (InputCoercionException e) {
            throw unexpected(expected);
        }
    }

    /** For a name that may occur once: whether nothing has come of it before. */
    void requireFirst(boolean first, String name) throws JsonProblem {
        if (!first) {
            throw problem("a second " + Printable.quoted(name), "each name once");
        }
    }

    /** Reads over the next value, whatever it is, and as strictly as if it mattered. */
    void skipValue() throws JsonProblem {
        int depth = 0;
        do {
            JsonToken token = next();
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.PROPERTY_NAME) {
                name();
            } else if (token == JsonToken.VALUE_STRING) {
                skipString();
            } else if (token.isNumeric() && !Double.isFinite(checked(parser::getDoubleValue))) {
                throw unexpected("a number that a double can hold");
            }
        } while (depth > 0);
    }

    /** Reads to the end of the object or array that was begun last; nothing where none was. */
    void skipRest() throws JsonProblem {
        checked(parser::skipChildren);
    }

    /** Where in the text the token begins that was read last, in chars. */
    int tokenBegin() {
        return Math.toIntExact(parser.currentTokenLocation().getCharOffset());
    }

    /** Where it ends. */
    int tokenEnd() throws JsonProblem {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            return tokenBegin() + text().length();
        }
        skipString();
        return Math.toIntExact(parser.currentLocation().getCharOffset());
    }

    /** Nothing but white space may follow. */
    void end() throws JsonProblem {
        if (nextOrNull() != null) {
            throw unexpected("nothing after the closing brace");
        }
    }

    JsonProblem unexpected(String expected) throws JsonProblem {
        return problem(described(parser.currentToken()), expected);
    }

    JsonProblem problem(String found, String expected) {
        return new JsonProblem(
                parser.currentTokenLocation().getCharOffset(), "found " + found + ", expected " + expected, null);
    }

    @Override
    public void close() {
        parser.close();
    }

    private String described(JsonToken token) throws JsonProblem {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case END_ARRAY -> "the end of the array";
            case END_OBJECT -> "the end of the object";
            case PROPERTY_NAME -> "the name " + Printable.quoted(name());
            case VALUE_STRING ->
                "the string " + Printable.quoted(readString(SHOWN_CHARS).kept());
            default -> Printable.of(text());
        };
    }

    private StringSink readString(int keepChars) throws JsonProblem {
        StringSink string = new StringSink(keepChars);
        checked(() -> parser.readString(string));
        if (string.hasLoneSurrogate()) {
            throw problem("half a surrogate pair in " + Printable.quoted(string.kept()), "valid Unicode");
        }
        return string;
    }

    private @Nullable JsonToken nextOrNull() throws JsonProblem {
        try {
            return parser.nextToken();
        } catch (JacksonException e) {
            throw invalid(e);
        }
    }

    /** Of the token that was read last. */
    private String text() throws JsonProblem {
        try {
            return parser.getString();
        } catch (JacksonException e) {
            throw invalid(e);
        }
    }

    private <T> T checked(Supplier<T> read) throws JsonProblem {
        try {
            return read.get();
        } catch (JacksonException e) {
            throw invalid(e);
        }
    }

    private static JsonProblem invalid(JacksonException e) {
        long charOffset = e.getLocation() == null ? -1 : e.getLocation().getCharOffset();
        // Without the name of the method of Jackson that would lift a limit, or what it says of its source.
        String message = e.getOriginalMessage()
                .replaceFirst(", from `.*`", "")
                .replaceFirst(" \\((start marker|for \\w+ starting) at .*", "");
        String found = "found invalid JSON (%s), expected one JSON object".formatted(Printable.of(message));
        return new JsonProblem(charOffset, found, e);
    }
}

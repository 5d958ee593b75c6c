package org.weir.checkpoint;

import java.io.Reader;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * One JSON document, token by token, in the strict reading that a file from a stranger needs: each name once, integers
 * that look like integers, text that is Unicode, nothing after the end. It reads characters, because given bytes
 * Jackson would guess the encoding and let broken UTF-8 pass.
 */
final class StrictJson implements AutoCloseable {
    /** As deep as the reference parser goes. */
    private static final int MAX_DEPTH = 128;

    // Interning and the symbol table are off: names are mostly different, and a table can be made to collide.
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength((int) Header.MAX_TEXT_BYTES)
                    .maxStringLength((int) Header.MAX_TEXT_BYTES)
                    .maxNumberLength(1000)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
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
        JsonToken token = checked(parser::nextToken);
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

    /** The next token, which must be a string. */
    String nextString(String expected) throws JsonProblem {
        nextIs(JsonToken.VALUE_STRING, expected);
        return string();
    }

    /** The name or string that was read last. */
    String string() throws JsonProblem {
        String text = checked(parser::getString);
        if (Printable.hasLoneSurrogate(text)) {
            throw problem("half a surrogate pair in " + Printable.quoted(text), "valid Unicode");
        }
        return text;
    }

    /** The integer that was read last, 0 to 2^63 - 1, written with digits alone. */
    long unsignedInteger(String expected) throws JsonProblem {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
                || checked(parser::getString).startsWith("-")) {
            throw unexpected(expected);
        }
        try {
            return parser.getLongValue();
        } catch (InputCoercionException e) {
            throw unexpected(expected);
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
            } else if (token == JsonToken.PROPERTY_NAME || token == JsonToken.VALUE_STRING) {
                string();
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
        string();
        return Math.toIntExact(parser.currentLocation().getCharOffset());
    }

    /** Nothing but white space may follow. */
    void end() throws JsonProblem {
        if (checked(parser::nextToken) != null) {
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
            case PROPERTY_NAME -> "the name " + Printable.quoted(string());
            case VALUE_STRING -> "the string " + Printable.quoted(string());
            default -> Printable.of(checked(parser::getString));
        };
    }

    private <T> T checked(Supplier<T> read) throws JsonProblem {
        try {
            return read.get();
        } catch (JacksonException e) {
            long charOffset = e.getLocation() == null ? -1 : e.getLocation().getCharOffset();
            String found =
                    "found invalid JSON (%s), expected one JSON object".formatted(Printable.of(e.getOriginalMessage()));
            throw new JsonProblem(charOffset, found, e);
        }
    }
}

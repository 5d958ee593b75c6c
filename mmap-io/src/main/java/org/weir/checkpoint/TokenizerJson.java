package org.weir.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.core.JsonToken;

/**
 * A model's {@code tokenizer.json}, as the {@code tokenizers} library writes it: which token has which number, and the
 * text with tokens left out or added. Whatever else is in it stays, byte by byte.
 */
public final class TokenizerJson {
    /** More than any vocabulary has. */
    private static final int MOST_TOKENS = 1 << 24;

    private static final String NUMBER = "a token's number below " + MOST_TOKENS;

    /** Chars of the text, from the first to after the last. */
    private record Span(int begin, int end) {}

    /** Something that is left out together with the tokens that it is about. */
    private record Item(Span span, List<String> tokens) {}

    /** A list or an object, inside of its brackets. */
    private static final class Region {
        private int begin;
        private int end;
        private final List<Item> items = new ArrayList<>();
    }

    private final JsonText json;
    private final Map<String, Integer> tokens = new LinkedHashMap<>();
    private final List<AddedToken> added = new ArrayList<>();
    private final Region addedRegion = new Region();
    private final Region vocabulary = new Region();
    private final Region merges = new Region();
    private int objectBegin;
    private String type = "";

    /** Whether the places of all tokens and merges are kept, which takes as much memory as the text. */
    private final boolean withPlaces;

    private TokenizerJson(JsonText json, boolean withPlaces) {
        this.json = json;
        this.withPlaces = withPlaces;
    }

    /**
     * Reads a file.
     *
     * @throws MalformedCheckpointException if it is no tokenizer
     */
    public static TokenizerJson read(Path file) throws IOException {
        return parse(JsonText.read(file), false);
    }

    private static TokenizerJson parse(JsonText json, boolean withPlaces) throws MalformedCheckpointException {
        TokenizerJson tokenizer = new TokenizerJson(json, withPlaces);
        try (StrictJson parser = json.parser()) {
            parser.nextIs(JsonToken.START_OBJECT, "an object");
            tokenizer.objectBegin = parser.tokenBegin() + 1;
            tokenizer.readTop(parser);
            parser.end();
        } catch (JsonProblem problem) {
            throw json.malformed(problem);
        }
        tokenizer.added.forEach(token -> tokenizer.tokens.put(token.content(), token.id()));
        if (tokenizer.tokens.isEmpty()) {
            throw new MalformedCheckpointException(json.file(), "found no tokens, expected a vocabulary");
        }
        return tokenizer;
    }

    /** Every token and its number: the model's, then those added. */
    public Map<String, Integer> tokens() {
        return Collections.unmodifiableMap(tokens);
    }

    public List<AddedToken> added() {
        return List.copyOf(added);
    }

    /** {@code BPE}, {@code Unigram}, {@code WordPiece} or {@code WordLevel}; older files do not say. */
    public String type() {
        return type;
    }

    /**
     * The text of another tokenizer.
     *
     * @param limit tokens from this number on are left out, and the merges that make them
     * @param more added after those there are; where the model knows one already it keeps its number
     */
    public byte[] with(int limit, List<AddedToken> more) throws MalformedCheckpointException {
        if (!withPlaces && tokens.values().stream().anyMatch(id -> id >= limit)) {
            return parse(json, true).with(limit, more);
        }
        Set<String> gone = new HashSet<>();
        tokens.forEach((token, id) -> {
            if (id >= limit) {
                gone.add(token);
            }
        });
        Map<Region, String> changes = new LinkedHashMap<>();
        boolean hasAdded = addedRegion.end > 0;
        if (!gone.isEmpty() || !more.isEmpty()) {
            List<String> all = Stream.concat(
                            kept(addedRegion, gone), more.stream().map(AddedToken::json))
                    .toList();
            changes.put(addedRegion, String.join(",\n    ", all));
        }
        if (!gone.isEmpty()) {
            changes.put(vocabulary, String.join(",", kept(vocabulary, gone).toList()));
            changes.put(merges, String.join(",", kept(merges, gone).toList()));
        }
        StringBuilder text = new StringBuilder(json.text());
        changes.entrySet().stream()
                .filter(change -> change.getKey().end > 0)
                .sorted((a, b) -> Integer.compare(b.getKey().begin, a.getKey().begin))
                .forEach(change -> text.replace(change.getKey().begin, change.getKey().end, change.getValue()));
        if (!hasAdded && changes.containsKey(addedRegion)) {
            text.insert(objectBegin, "\"added_tokens\": [" + changes.get(addedRegion) + "], ");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private Stream<String> kept(Region region, Set<String> gone) {
        return region.items.stream()
                .filter(item -> item.tokens().stream().noneMatch(gone::contains))
                .map(item ->
                        json.text().substring(item.span().begin(), item.span().end()));
    }

    private void readTop(StrictJson parser) throws JsonProblem {
        while (parser.next() == JsonToken.PROPERTY_NAME) {
            String name = parser.name();
            JsonToken token = parser.next();
            if (name.equals("added_tokens") && token == JsonToken.START_ARRAY) {
                readAdded(parser);
            } else if (name.equals("model") && token == JsonToken.START_OBJECT) {
                readModel(parser);
            }
            parser.skipRest();
        }
    }

    private void readAdded(StrictJson parser) throws JsonProblem {
        addedRegion.begin = parser.tokenBegin() + 1;
        while (parser.next() == JsonToken.START_OBJECT) {
            int begin = parser.tokenBegin();
            AddedToken token = readAddedToken(parser);
            added.add(token);
            addedRegion.items.add(new Item(new Span(begin, parser.tokenBegin() + 1), List.of(token.content())));
        }
        addedRegion.end = parser.tokenBegin();
    }

    private static AddedToken readAddedToken(StrictJson parser) throws JsonProblem {
        int id = -1;
        String content = "";
        Map<String, Boolean> flags = new LinkedHashMap<>();
        while (parser.next() == JsonToken.PROPERTY_NAME) {
            String name = parser.name();
            JsonToken token = parser.next();
            switch (name) {
                case "id" -> id = number(parser);
                case "content" -> content = string(parser, token);
                default -> flags.put(name, token == JsonToken.VALUE_TRUE);
            }
            parser.skipRest();
        }
        if (id < 0) {
            throw parser.problem("an added token without id", NUMBER);
        }
        return new AddedToken(
                id,
                content,
                flags.getOrDefault("single_word", false),
                flags.getOrDefault("lstrip", false),
                flags.getOrDefault("rstrip", false),
                flags.getOrDefault("normalized", false),
                flags.getOrDefault("special", false));
    }

    private void readModel(StrictJson parser) throws JsonProblem {
        while (parser.next() == JsonToken.PROPERTY_NAME) {
            String name = parser.name();
            JsonToken token = parser.next();
            if (name.equals("type") && token == JsonToken.VALUE_STRING) {
                type = parser.name();
            } else if (name.equals("vocab") && token == JsonToken.START_OBJECT) {
                readVocabulary(parser);
            } else if (name.equals("vocab") && token == JsonToken.START_ARRAY) {
                readScores(parser);
            } else if (withPlaces && name.equals("merges") && token == JsonToken.START_ARRAY) {
                readMerges(parser);
            }
            parser.skipRest();
        }
    }

    /** {@code {"token": number, ...}}. */
    private void readVocabulary(StrictJson parser) throws JsonProblem {
        vocabulary.begin = parser.tokenBegin() + 1;
        while (parser.next() == JsonToken.PROPERTY_NAME) {
            int begin = parser.tokenBegin();
            String token = parser.name();
            parser.next();
            tokens.put(token, number(parser));
            if (withPlaces) {
                vocabulary.items.add(new Item(new Span(begin, parser.tokenEnd()), List.of(token)));
            }
        }
        vocabulary.end = parser.tokenBegin();
    }

    /** {@code [["token", score], ...]}, where the place is the number. */
    private void readScores(StrictJson parser) throws JsonProblem {
        vocabulary.begin = parser.tokenBegin() + 1;
        int id = 0;
        while (parser.next() == JsonToken.START_ARRAY) {
            int begin = parser.tokenBegin();
            String token = string(parser, parser.next());
            tokens.put(token, id++);
            while (parser.next() != JsonToken.END_ARRAY) {
                parser.skipRest();
            }
            if (withPlaces) {
                vocabulary.items.add(new Item(new Span(begin, parser.tokenBegin() + 1), List.of(token)));
            }
        }
        vocabulary.end = parser.tokenBegin();
    }

    /** {@code ["a b", ...]} or {@code [["a", "b"], ...]}: what two tokens make one. */
    private void readMerges(StrictJson parser) throws JsonProblem {
        merges.begin = parser.tokenBegin() + 1;
        for (JsonToken token = parser.next(); token != JsonToken.END_ARRAY; token = parser.next()) {
            int begin = parser.tokenBegin();
            List<String> parts = new ArrayList<>();
            if (token == JsonToken.START_ARRAY) {
                for (JsonToken part = parser.next(); part != JsonToken.END_ARRAY; part = parser.next()) {
                    parts.add(string(parser, part));
                }
                merges.items.add(new Item(new Span(begin, parser.tokenBegin() + 1), withWhole(parts)));
            } else {
                parts.addAll(List.of(string(parser, token).split(" ")));
                merges.items.add(new Item(new Span(begin, parser.tokenEnd()), withWhole(parts)));
            }
        }
        merges.end = parser.tokenBegin();
    }

    private static List<String> withWhole(List<String> parts) {
        return Stream.concat(parts.stream(), Stream.of(String.join("", parts))).toList();
    }

    private static String string(StrictJson parser, JsonToken token) throws JsonProblem {
        if (token != JsonToken.VALUE_STRING) {
            throw parser.unexpected("a token");
        }
        return parser.name();
    }

    private static int number(StrictJson parser) throws JsonProblem {
        long number = parser.unsignedInteger(NUMBER);
        if (number >= MOST_TOKENS) {
            throw parser.unexpected(NUMBER);
        }
        return (int) number;
    }
}

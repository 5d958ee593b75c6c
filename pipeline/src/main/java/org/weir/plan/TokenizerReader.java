package org.weir.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads {@code tokenizer} and its older form {@code tokenizer_source}, and {@code chat_template}. */
final class TokenizerReader {
    private static final int SHORTEST_TEMPLATE = 20;

    private final ConfigProblems problems;
    private final FieldReader fields;
    private final ModelReader models;

    TokenizerReader(ConfigProblems problems, FieldReader fields, ModelReader models) {
        this.problems = problems;
        this.fields = fields;
        this.models = models;
    }

    Optional<TokenizerEntry> tokenizer(Yaml.Fields top) {
        Optional<Yaml.Field> source = fields.present(top, "tokenizer_source");
        Optional<Yaml.Field> tokenizer = fields.present(top, "tokenizer");
        if (source.isPresent() && tokenizer.isPresent()) {
            problems.add(source.get().line(), "tokenizer_source and tokenizer exclude each other; keep one of them");
        }
        if (tokenizer.isPresent()) {
            return fields.mapping(tokenizer.get(), "tokenizer")
                    .map(mapping -> tokenizer(mapping, tokenizer.get().line()));
        }
        return source.flatMap(field -> models.reference(field.value(), "tokenizer_source")
                .map(name -> new TokenizerEntry(field.line(), name, Map.of(), OptionalInt.empty())));
    }

    private TokenizerEntry tokenizer(Yaml.Fields mapping, int line) {
        fields.requireKnown(mapping, "tokenizer", Set.of("source", "tokens", "pad_to_multiple_of"));
        String source = fields.present(mapping, "source")
                .flatMap(field -> models.reference(field.value(), "tokenizer.source"))
                .orElse(TokenizerEntry.UNION);
        Map<String, TokenizerEntry.Token> tokens = new LinkedHashMap<>();
        fields.present(mapping, "tokens")
                .flatMap(field -> fields.mapping(field, "tokenizer.tokens"))
                .ifPresent(named -> named.byKey()
                        .values()
                        .forEach(field -> token(field).ifPresent(token -> tokens.put(field.key(), token))));
        OptionalInt padTo = fields.present(mapping, "pad_to_multiple_of")
                .map(field -> count(field, "tokenizer.pad_to_multiple_of", 1))
                .orElse(OptionalInt.empty());
        return new TokenizerEntry(line, source, tokens, padTo);
    }

    private Optional<TokenizerEntry.Token> token(Yaml.Field field) {
        String path = "tokenizer.tokens." + OneLine.quoted(field.key());
        Optional<Yaml.Fields> mapping = fields.mapping(field, path);
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        fields.requireKnown(mapping.get(), path, Set.of("source", "force"));
        boolean force = fields.present(mapping.get(), "force")
                .filter(flag -> flag(flag, path + ".force"))
                .isPresent();
        Optional<Yaml.Field> source = fields.present(mapping.get(), "source");
        if (source.isEmpty()) {
            return Optional.of(new TokenizerEntry.Token(
                    field.line(), TokenizerEntry.Source.AUTOMATIC, "", Optional.empty(), OptionalInt.empty(), force));
        }
        if (source.get().value() instanceof Yaml.Fields kind && kind.byKey().containsKey("kind")) {
            return kind(kind, path + ".source", field.line(), force);
        }
        return models.reference(source.get().value(), path + ".source")
                .map(model -> new TokenizerEntry.Token(
                        field.line(),
                        TokenizerEntry.Source.MODEL,
                        model,
                        Optional.empty(),
                        OptionalInt.empty(),
                        force));
    }

    private Optional<TokenizerEntry.Token> kind(Yaml.Fields source, String path, int line, boolean force) {
        fields.requireKnown(source, path, Set.of("kind", "model", "token", "token_id"));
        String kind = fields.present(source, "kind")
                .flatMap(field -> fields.text(field, path + ".kind"))
                .orElse("");
        if (kind.equals("zero")) {
            return Optional.of(new TokenizerEntry.Token(
                    line, TokenizerEntry.Source.ZERO, "", Optional.empty(), OptionalInt.empty(), force));
        }
        Optional<String> model =
                fields.present(source, "model").flatMap(field -> models.reference(field.value(), path + ".model"));
        Optional<String> token = fields.present(source, "token").flatMap(field -> fields.text(field, path + ".token"));
        OptionalInt id = fields.present(source, "token_id")
                .map(field -> count(field, path + ".token_id", 0))
                .orElse(OptionalInt.empty());
        boolean one = token.isPresent() ^ id.isPresent();
        if (!kind.equals("model_token") || model.isEmpty() || !one) {
            problems.add(
                    source.line(),
                    path
                            + ": expected {kind: zero}, or {kind: model_token, model: PATH} with one of token and token_id");
            return Optional.empty();
        }
        return Optional.of(
                new TokenizerEntry.Token(line, TokenizerEntry.Source.MODEL_TOKEN, model.get(), token, id, force));
    }

    /** {@code auto}, the name of a template, or a template. */
    Optional<String> chatTemplate(Yaml.Fields top) {
        Optional<Yaml.Field> field = fields.present(top, "chat_template");
        Optional<String> template = field.flatMap(found -> fields.text(found, "chat_template"));
        if (template.isPresent()
                && !ChatTemplate.isName(template.get())
                && (template.get().length() < SHORTEST_TEMPLATE
                        || !template.get().contains("{"))) {
            problems.add(
                    field.get().line(),
                    "chat_template: found " + OneLine.quoted(template.get()) + ", expected one of "
                            + ChatTemplate.names() + ", or a Jinja template: with a '{', and of at least "
                            + SHORTEST_TEMPLATE + " characters");
        }
        return template;
    }

    private OptionalInt count(Yaml.Field field, String path, int least) {
        boolean number = field.value() instanceof Yaml.Text text && text.text().matches("[0-9]{1,8}");
        int count = number ? Integer.parseInt(((Yaml.Text) field.value()).text()) : -1;
        if (count < least) {
            problems.add(
                    field.line(),
                    path + ": found " + field.value().description() + ", expected a whole number of at least " + least);
            return OptionalInt.empty();
        }
        return OptionalInt.of(count);
    }

    private boolean flag(Yaml.Field field, String path) {
        String text = field.value() instanceof Yaml.Text found ? found.text() : "";
        if (!text.equals("true") && !text.equals("false")) {
            problems.add(field.line(), path + ": found " + field.value().description() + ", expected true or false");
        }
        return text.equals("true");
    }
}

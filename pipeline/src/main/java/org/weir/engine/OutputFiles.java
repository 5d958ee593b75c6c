package org.weir.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.weir.checkpoint.Checkpoint;
import org.weir.checkpoint.ConfigJson;
import org.weir.checkpoint.DType;
import org.weir.checkpoint.FileSink;
import org.weir.checkpoint.TokenizerConfigJson;
import org.weir.plan.MergePlan;
import org.weir.plan.MergedTensor;
import org.weir.plan.ResultTokenizer;

/** The files beside the weights that make the output a model that loads: taken from the donor, or written anew. */
final class OutputFiles {

    private static final String CONFIG = "config.json";
    private static final String TOKENIZER_CONFIG = "tokenizer_config.json";

    private final MergePlan plan;

    OutputFiles(MergePlan plan) {
        this.plan = plan;
    }

    void writeTo(FileSink sink) throws IOException {
        Optional<Path> config = plan.donor().file(CONFIG);
        if (config.isPresent()) {
            sink.addFile(CONFIG, adapted(config.get()));
        }
        for (Path companion : plan.donor().companions()) {
            String name = companion.getFileName().toString();
            if (!name.equals(CONFIG) && !isOfTokenizer(name)) {
                sink.copyFile(name, companion);
            }
        }
        if (plan.options().copyTokenizer() || plan.tokenizer().isPresent()) {
            writeTokenizer(sink);
        }
        if (plan.options().writeModelCard()) {
            sink.addFile("README.md", new ModelCard(plan).text().getBytes(UTF_8));
            sink.addFile("mergekit_config.yml", plan.config().source().getBytes(UTF_8));
        }
    }

    /** As the donor of the tokenizer has it, or with other tokens or another chat template. */
    private void writeTokenizer(FileSink sink) throws IOException {
        Optional<ResultTokenizer> changed = plan.tokenizer().filter(tokenizer -> !tokenizer.isDonors());
        Checkpoint donor = plan.tokenizer().map(ResultTokenizer::donor).orElse(plan.donor());
        Optional<Path> config = donor.file(TOKENIZER_CONFIG);
        boolean newConfig = plan.chatTemplate().isPresent() || (changed.isPresent() && config.isPresent());
        for (Path companion : donor.companions()) {
            String name = companion.getFileName().toString();
            boolean other = (name.equals(TOKENIZER_CONFIG) && newConfig)
                    || (name.startsWith("chat_template") && plan.chatTemplate().isPresent())
                    || (changed.isPresent() && isOfOneVocabulary(name));
            if (isOfTokenizer(name) && !other) {
                sink.copyFile(name, companion);
            }
        }
        if (changed.isPresent()) {
            sink.addFile("tokenizer.json", changed.get().json());
        }
        if (newConfig) {
            TokenizerConfigJson old =
                    config.isPresent() ? TokenizerConfigJson.read(config.get()) : TokenizerConfigJson.empty();
            TokenizerConfigJson kept =
                    changed.map(tokens -> old.keeping(tokens::has)).orElse(old);
            sink.addFile(
                    TOKENIZER_CONFIG,
                    plan.chatTemplate().map(kept::withChatTemplate).orElse(kept).bytes());
        }
        if (plan.chatTemplate().isPresent()) {
            sink.addFile("chat_template.jinja", plan.chatTemplate().get().getBytes(UTF_8));
        }
    }

    /** With the dtype of most of the merged elements, and what else is different. */
    private byte[] adapted(Path config) throws IOException {
        Map<DType, Long> elements = plan.tensors().stream()
                .filter(MergedTensor.class::isInstance)
                .map(tensor -> tensor.output())
                .collect(Collectors.groupingBy(output -> output.dtype(), Collectors.summingLong(o -> o.elements())));
        Optional<DType> most =
                elements.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
        ConfigJson donor = ConfigJson.read(config);
        return plan.resultConfig()
                .applied(most.map(donor::withDtype).orElse(donor))
                .bytes();
    }

    /** What holds the tokens, and would hold others than tokenizer.json if it was copied. */
    private static boolean isOfOneVocabulary(String name) {
        return switch (name) {
            case "tokenizer.json", "tokenizer.model", "added_tokens.json", "merges.txt", "vocab.json", "vocab.txt" ->
                true;
            default -> false;
        };
    }

    private static boolean isOfTokenizer(String name) {
        return switch (name) {
            case "added_tokens.json", "merges.txt", "special_tokens_map.json", "vocab.json", "vocab.txt" -> true;
            default -> name.startsWith("tokenizer") || name.startsWith("chat_template");
        };
    }
}

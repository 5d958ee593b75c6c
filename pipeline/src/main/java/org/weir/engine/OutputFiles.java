package org.weir.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.weir.checkpoint.CheckpointWriter;
import org.weir.checkpoint.ConfigJson;
import org.weir.checkpoint.DType;
import org.weir.plan.MergePlan;
import org.weir.plan.MergedTensor;

/** The files beside the weights that make the output a model that loads: taken from the donor, or written anew. */
final class OutputFiles {

    private static final String CONFIG = "config.json";

    private final MergePlan plan;

    OutputFiles(MergePlan plan) {
        this.plan = plan;
    }

    void writeTo(CheckpointWriter writer) throws IOException {
        Optional<Path> config = plan.donor().file(CONFIG);
        if (config.isPresent()) {
            writer.addFile(CONFIG, adapted(config.get()));
        }
        for (Path companion : plan.donor().companions()) {
            String name = companion.getFileName().toString();
            if (!name.equals(CONFIG) && (plan.options().copyTokenizer() || !isOfTokenizer(name))) {
                writer.copyFile(name, companion);
            }
        }
        if (plan.options().writeModelCard()) {
            writer.addFile("README.md", new ModelCard(plan).text().getBytes(UTF_8));
            writer.addFile("mergekit_config.yml", plan.config().source().getBytes(UTF_8));
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

    private static boolean isOfTokenizer(String name) {
        return switch (name) {
            case "added_tokens.json", "merges.txt", "special_tokens_map.json", "vocab.json", "vocab.txt" -> true;
            default -> name.startsWith("tokenizer") || name.startsWith("chat_template");
        };
    }
}

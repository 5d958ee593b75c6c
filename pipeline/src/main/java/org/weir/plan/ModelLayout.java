package org.weir.plan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.weir.checkpoint.Checkpoint;
import org.weir.checkpoint.ConfigJson;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.Shape;
import org.weir.checkpoint.TensorInfo;

/** What a model is made of, as its tensors' names and shapes and its config.json say: no architecture is known by name. */
final class ModelLayout {
    private final Checkpoint checkpoint;
    private final Optional<ConfigJson> config;
    private final OptionalLong vocabulary;
    private final LayerStack layers;

    ModelLayout(Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
        this.config = read(checkpoint);
        this.vocabulary = config.map(ConfigJson::vocabulary).orElse(OptionalLong.empty());
        List<String> names = checkpoint.tensors().stream()
                .map(tensor -> tensor.info().name())
                .toList();
        this.layers = LayerStack.of(names, config.map(ConfigJson::layers).orElse(OptionalInt.empty()));
    }

    private static Optional<ConfigJson> read(Checkpoint checkpoint) {
        Optional<Path> file = checkpoint.file("config.json");
        try {
            return file.isPresent() ? Optional.of(ConfigJson.read(file.get())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    LayerStack layers() {
        return layers;
    }

    /** The lists of config.json with something for each layer. */
    Map<String, List<String>> layerLists() {
        return config.map(ConfigJson::layerLists).orElse(Map.of());
    }

    /** The number of tokens that config.json gives. */
    OptionalLong vocabulary() {
        return vocabulary;
    }

    /** Whether a tensor outside the layers comes before them: an embedding, by its name. What is none comes after them. */
    static boolean isBeforeLayers(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean embedding = lower.contains("emb") && !lower.contains("embed_out");
        return embedding || lower.contains("wte") || lower.contains("wpe");
    }

    /** Whether the tensor has a row, or of a bias an element, for each token: an embedding or a head. */
    boolean isOfVocabulary(TensorInfo tensor) {
        List<Long> dims = tensor.shape().dims();
        boolean rows = dims.size() == 2 || (dims.size() == 1 && tensor.name().endsWith(".bias"));
        return rows
                && vocabulary.isPresent()
                && vocabulary.getAsLong() == dims.getFirst()
                && !LayerStack.holds(tensor.name());
    }

    /**
     * Whether a layer's weights lie as [in, out], as in GPT-2's Conv1D, and not as [out, in]. A square matrix does not show it;
     * then other layers do: a bias has an element per output.
     */
    boolean isTransposed(String weight) {
        return bias(weight).isPresent()
                && checkpoint.tensors().stream().map(MappedTensor::info).anyMatch(this::hasBiasAlongRows);
    }

    private boolean hasBiasAlongRows(TensorInfo tensor) {
        List<Long> dims = tensor.shape().dims();
        return dims.size() == 2
                && !dims.getFirst().equals(dims.getLast())
                && bias(tensor.name())
                        .filter(bias -> bias.info().shape().dims().equals(List.of(dims.getLast())))
                        .isPresent();
    }

    private Optional<MappedTensor> bias(String weight) {
        String suffix = ".weight";
        return weight.endsWith(suffix)
                ? checkpoint.tensor(weight.substring(0, weight.length() - suffix.length()) + ".bias")
                : Optional.empty();
    }

    /**
     * The embedding, if the model may use it for a head that it lacks: it has no head at all, and config.json does not deny it.
     *
     * @param head its name in this model
     * @param shape its shape in another model, whose embedding has as many columns
     */
    Optional<MappedTensor> tied(String head, Shape shape) {
        boolean possible = head.endsWith(".weight")
                && !LayerStack.holds(head)
                && !isBeforeLayers(head)
                && shape.dims().size() == 2
                && config.isPresent()
                && config.get().tied().orElse(true)
                && matrices(false).findAny().isEmpty();
        return possible
                ? matrices(true)
                        .findFirst()
                        .filter(embedding -> columns(embedding.info().shape()).equals(columns(shape)))
                : Optional.empty();
    }

    /** Embeddings, or else heads. */
    private Stream<MappedTensor> matrices(boolean beforeLayers) {
        return checkpoint.tensors().stream()
                .filter(tensor -> isOfVocabulary(tensor.info())
                        && tensor.info().shape().dims().size() == 2
                        && isBeforeLayers(tensor.info().name()) == beforeLayers);
    }

    private static List<Long> columns(Shape shape) {
        return shape.dims().subList(1, shape.dims().size());
    }
}

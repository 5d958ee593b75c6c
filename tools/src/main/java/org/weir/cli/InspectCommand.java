package org.weir.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.weir.checkpoint.Checkpoint;
import org.weir.checkpoint.DType;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.ModelLocator;
import org.weir.checkpoint.TensorInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what is in a checkpoint. */
@Command(name = "inspect", description = "List the tensors of a checkpoint; reads headers only.")
final class InspectCommand implements Callable<Integer> {
    private final Output output;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "PATH",
            description =
                    "A model folder, a safetensors file, or a name (org/model[@revision]) in the Hugging Face cache.")
    private String reference = "";

    InspectCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        if (reference.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "an empty name for PATH");
        }
        Path path = ModelLocator.find(reference, Path.of(""), System.getenv());
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            List<TensorInfo> tensors =
                    checkpoint.tensors().stream().map(MappedTensor::info).toList();
            if (output.isJson()) {
                output.result(json(checkpoint, tensors));
            } else {
                print(checkpoint, tensors);
            }
        }
        return ExitCode.DONE;
    }

    private record Total(long tensors, long elements, long bytes) {
        static final Total NONE = new Total(0, 0, 0);

        /** Only the bytes are known to fit: different tensors cannot share them. */
        Total plus(TensorInfo tensor) {
            return new Total(tensors + 1, elements + tensor.elements(), bytes + tensor.bytes());
        }
    }

    private static Map<DType, Total> totals(List<TensorInfo> tensors) {
        Map<DType, Total> totals = new EnumMap<>(DType.class);
        tensors.forEach(tensor -> totals.put(
                tensor.dtype(), totals.getOrDefault(tensor.dtype(), Total.NONE).plus(tensor)));
        return totals;
    }

    private void print(Checkpoint checkpoint, List<TensorInfo> tensors) {
        Table table = new Table().row("TENSOR", "DTYPE", "SHAPE", "SIZE");
        tensors.forEach(tensor -> table.row(
                tensor.name(), tensor.dtype().name(), tensor.shape().toString(), ByteSize.text(tensor.bytes())));
        table.lines().forEach(output::result);
        output.result("");
        totals(tensors)
                .forEach((dtype, total) -> output.result(String.format(
                        "%s: %,d tensors, %,d elements, %s",
                        dtype, total.tensors(), total.elements(), ByteSize.text(total.bytes()))));
        int shards = checkpoint.shards().size();
        output.result(checkpoint.path() + ": " + tensors.size() + " tensors in " + shards
                + (shards == 1 ? " shard" : " shards"));
    }

    private static Map<String, Object> json(Checkpoint checkpoint, List<TensorInfo> tensors) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("path", checkpoint.path().toString());
        json.put("shards", checkpoint.shards().stream().map(Path::toString).toList());
        json.put("totals", totals(tensors));
        json.put("tensors", tensors.stream().map(InspectCommand::json).toList());
        return json;
    }

    private static Map<String, Object> json(TensorInfo tensor) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", tensor.name());
        json.put("dtype", tensor.dtype().name());
        json.put("shape", tensor.shape().dims());
        json.put("bytes", tensor.bytes());
        return json;
    }
}

package org.weir.plan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.weir.checkpoint.Checkpoint;
import org.weir.checkpoint.PageCache;
import org.weir.checkpoint.ShardLayout;
import org.weir.checkpoint.TensorReader;
import org.weir.method.MethodInfo;

/**
 * All that is decided before the first tensor is read. Closing it unmaps the inputs.
 *
 * @param config what the user wrote
 * @param options what the command line says
 * @param method the method
 * @param inputs the models, the base first if there is one
 * @param fused the steps whose results are inputs, but are computed as they are read
 * @param tensors every output tensor, in the order in which they are laid out
 * @param settings what the config comes to, by output tensor; equal ones are the same object
 * @param accounts what becomes of every tensor of each input
 * @param layout the output files
 * @param memory the memory sum
 * @param resultConfig what the result's config.json says otherwise than the donor's
 * @param tokenizer the result's vocabulary, where it is not the donor's
 * @param chatTemplate the text of the result's, where it is not the donor's
 * @param notes what the user should know, a line each
 */
public record MergePlan(
        MergeConfig config,
        MergeOptions options,
        MethodInfo method,
        List<Input> inputs,
        List<FusedStep> fused,
        List<TensorPlan> tensors,
        Map<String, ResolvedSettings> settings,
        List<Account> accounts,
        ShardLayout layout,
        MemoryBudget memory,
        ResultConfig resultConfig,
        Optional<ResultTokenizer> tokenizer,
        Optional<String> chatTemplate,
        List<String> notes)
        implements AutoCloseable {

    /** One reading of the inputs. */
    public record Sweep(String name, long readBytes) {}

    public MergePlan {
        inputs = List.copyOf(inputs);
        fused = List.copyOf(fused);
        tensors = List.copyOf(tensors);
        settings = Collections.unmodifiableMap(settings); // a copy of so many would take longer than the map did
        accounts = List.copyOf(accounts);
        notes = List.copyOf(notes);
    }

    /** The model whose config and tokenizer go with the result: the base, or the first one listed. */
    public Checkpoint donor() {
        return inputs.getFirst().checkpoint();
    }

    /** Whether an input is a fused step: its checkpoint is then an outline, without data. */
    public boolean isFused(Input input) {
        return fused.stream().anyMatch(step -> step.name().equals(input.reference()));
    }

    /** The inputs with data: its own, then those of fused steps. */
    public List<Input> files() {
        return Stream.concat(
                        inputs.stream().filter(input -> !isFused(input)),
                        fused.stream().flatMap(step -> step.plan().files().stream()))
                .toList();
    }

    /** The input that is the base. */
    public Optional<Input> base() {
        return inputs.stream().filter(Input::base).findFirst();
    }

    /** What is read when; data decide on surveys, so this is what they mostly take. */
    public List<Sweep> sweeps() {
        int most = tensors.stream().mapToInt(TensorPlan::readings).max().orElse(1);
        List<Sweep> sweeps = new ArrayList<>();
        for (int i = 1; i < most; i++) {
            int surveys = i;
            long bytes = tensors.stream()
                    .filter(tensor -> tensor.readings() > surveys)
                    .mapToLong(TensorPlan::readBytes)
                    .sum();
            sweeps.add(new Sweep("survey " + i, bytes));
        }
        sweeps.add(new Sweep(
                "merge", tensors.stream().mapToLong(TensorPlan::readBytes).sum()));
        return sweeps;
    }

    /** Bytes of input that are read, all sweeps together. */
    public long readBytes() {
        return sweeps().stream().mapToLong(Sweep::readBytes).sum();
    }

    /** Bytes of weight files that are written. */
    public long writeBytes() {
        return layout.totalFileBytes();
    }

    /** What becomes of the output's pages: where memory is short, they would only push others out. */
    public PageCache outputPages() {
        return memory.windows().way() == TensorReader.Way.DIRECT
                ? PageCache.DROP
                : options.sidecar().pageCache();
    }

    /** How many tensors are treated in which way. */
    public Map<String, Long> tensorCounts() {
        Map<String, Long> counts = new TreeMap<>();
        treatments().forEach((treatment, names) -> counts.put(treatment, (long) names.size()));
        return counts;
    }

    /** The names of the tensors that are treated in which way: all of the result, and those that are left out. */
    public Map<String, List<String>> treatments() {
        Map<String, List<String>> names = new TreeMap<>();
        tensors.forEach(tensor -> names.computeIfAbsent(tensor.treatment(), _ -> new ArrayList<>())
                .add(tensor.output().name()));
        allAccounts()
                .forEach(account -> account.leftOut()
                        .forEach((reason, tensors) ->
                                names.put("left out of " + account.input().reference() + ": " + reason, tensors)));
        return names;
    }

    /** Its own, then those of fused steps. */
    private Stream<Account> allAccounts() {
        return Stream.concat(
                accounts.stream(), fused.stream().flatMap(step -> step.plan().allAccounts()));
    }

    /** A model that is listed twice is open once. */
    @Override
    public void close() throws IOException {
        inputs.stream().map(Input::checkpoint).distinct().forEach(Checkpoint::close);
    }
}

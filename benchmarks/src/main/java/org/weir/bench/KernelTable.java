package org.weir.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the JMH benchmarks and prints a table: bytes per second, and the share of what one thread can read. */
@Command(
        name = "kernels",
        mixinStandardHelpOptions = true,
        description = "Measure codecs and kernels against the bandwidth of memory.")
final class KernelTable implements Callable<Integer> {
    @Option(names = "--kernel", paramLabel = "NAME", split = ",", description = "Only these kernels.")
    private List<KernelCase> kernels = List.of(KernelCase.values());

    @Option(names = "--only-kernels", description = "Leave the codecs out.")
    private boolean onlyKernels;

    @Option(names = "--millis", paramLabel = "N", description = "Of one iteration, of eight; default 400.")
    private int millis = 400;

    private KernelTable() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new KernelTable()).execute(arguments));
    }

    @Override
    public Integer call() throws RunnerException {
        List<String> environment = new Environment("benchmarks/kernels").lines();
        List<RunResult> results = new ArrayList<>(run(ReadBandwidth.class));
        double bandwidth = results.stream()
                .filter(result -> result.getParams().getParam("data").equals("DRAM"))
                .mapToDouble(KernelTable::gigabytesPerSecond)
                .findAny()
                .orElseThrow();
        if (!onlyKernels) {
            results.addAll(run(WidenBenchmark.class));
            results.addAll(run(NarrowBenchmark.class));
            results.addAll(run(FiniteBenchmark.class));
        }
        results.addAll(run(KernelBenchmark.class));
        environment.forEach(System.out::println);
        System.out.println("\n| | data | twin | GB/s | of memory's read bandwidth |\n|---|---|---|---:|---:|");
        results.forEach(result -> System.out.println(row(result, bandwidth)));
        return 0;
    }

    private Collection<RunResult> run(Class<?> benchmark) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("\\." + benchmark.getSimpleName() + "\\.")
                .mode(Mode.Throughput)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(1)
                .warmupIterations(5)
                .measurementIterations(3)
                .warmupTime(TimeValue.milliseconds(millis))
                .measurementTime(TimeValue.milliseconds(millis))
                .jvmArgsAppend("-Xmx1g")
                .verbosity(VerboseMode.NORMAL)
                .shouldFailOnError(true);
        if (benchmark == KernelBenchmark.class) {
            options.param("kernel", kernels.stream().map(Enum::name).toArray(String[]::new));
        }
        return new Runner(options.build()).run();
    }

    /** Bytes per nanosecond. */
    private static double gigabytesPerSecond(RunResult result) {
        return Objects.requireNonNull(result.getSecondaryResults().get("bytes")).getScore();
    }

    private static String row(RunResult result, double bandwidth) {
        String method = result.getPrimaryResult().getLabel();
        String kernel = result.getParams().getParam("kernel");
        String format = result.getParams().getParam("format");
        String name = kernel != null ? kernel : format != null ? method + " " + format : method;
        String twin = result.getParams().getParam("twin");
        double rate = gigabytesPerSecond(result);
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %.1f | %.0f %% |",
                name.toLowerCase(Locale.ROOT).replace('_', ' '),
                result.getParams().getParam("data"),
                twin == null ? "" : twin.toLowerCase(Locale.ROOT),
                rate,
                100 * rate / bandwidth);
    }
}

package org.weir.method;

import java.util.List;
import java.util.Optional;

/** The registry: a new method is one class and one line here. */
public final class MergeMethods {

    private static final List<MergeMethod> ALL = List.of(
            new Linear(),
            new TaskArithmetic(),
            new Ties(),
            new DareLinear(),
            new DareTies(),
            new Breadcrumbs(),
            new BreadcrumbsTies(),
            new Della(),
            new DellaLinear(),
            new Slerp(),
            new NuSlerp(),
            new MultiSlerp(),
            new Karcher(),
            new ModelStock(),
            new Fisher(),
            new RegMean(),
            new Sce(),
            new Ram(),
            new RamPlus(),
            new NearSwap(),
            new ArceeFusion(),
            new Passthrough(),
            new MagMax(),
            new ConsensusMerging());

    private MergeMethods() {}

    /** All methods, in the order in which they are presented. */
    public static List<MergeMethod> all() {
        return ALL;
    }

    /** What they are called, in the same order. */
    public static List<String> names() {
        return ALL.stream().map(method -> method.info().name()).toList();
    }

    /** The method of that name. */
    public static Optional<MergeMethod> named(String name) {
        return ALL.stream().filter(method -> method.info().name().equals(name)).findFirst();
    }
}

package org.weir.cli;

import java.util.Optional;
import org.weir.simd.Kernels;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: what a bug report needs. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String java = Runtime.version() + ", " + Kernels.best().description();
        return new String[] {"weir " + number(), "Java " + java};
    }

    static String number() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("(not from a jar)");
    }
}

package org.weir.cli;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes as people write it: {@code 400M} is 400,000,000, {@code 400Mi} is 400 · 2^20. */
final class ByteSize implements ITypeConverter<Long> {
    private static final Pattern SIZE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?) ?([kmgt]?)(i?)b?");
    private static final String UNITS = "kmgt";
    /** mergekit counts parameters by its help and bytes by its code: a bare B is 10^9 bytes there. */
    private static final Pattern BILLIONS = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)b");

    @Override
    public Long convert(String text) {
        return parse(text);
    }

    /** {@code --out-shard-size}: as above, and mergekit's {@code 5B}. */
    static final class OfShard implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            Matcher billions = BILLIONS.matcher(text.toLowerCase(Locale.ROOT));
            return parse(billions.matches() ? billions.group(1) + "g" : text);
        }
    }

    static long parse(String text) {
        Matcher size = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        if (!size.matches() || (size.group(2).isEmpty() && !size.group(3).isEmpty())) {
            throw new TypeConversionException(
                    "'" + text + "' is not a size; write 400M or 2.5G (decimal), 2Gi (binary)");
        }
        BigDecimal unit = BigDecimal.valueOf(size.group(3).isEmpty() ? 1000 : 1024)
                .pow(size.group(2).isEmpty() ? 0 : UNITS.indexOf(size.group(2)) + 1);
        BigDecimal bytes = new BigDecimal(size.group(1)).multiply(unit);
        if (bytes.signum() == 0 || bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new TypeConversionException("'" + text + "' is out of range; sizes are 1 to 2^63 bytes");
        }
        return bytes.longValue();
    }

    /** Three digits and a decimal unit: {@code 1.23 GB}. */
    static String text(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        while (value >= 999.5 && unit < UNITS.length() - 1) {
            value /= 1000;
            unit++;
        }
        int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
        return String.format(Locale.ROOT, "%." + decimals + "f %sB", value, "kMGT".charAt(unit));
    }

    static String rate(long bytes, double seconds) {
        return text(Math.round(bytes / Math.max(seconds, 1e-9))) + "/s";
    }
}

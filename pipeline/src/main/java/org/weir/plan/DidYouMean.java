package org.weir.plan;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that somebody meant who typed another one. */
public final class DidYouMean {
    /** Nobody means a longer word; it also bounds the work on a hostile file. */
    private static final int LONGEST = 40;

    private DidYouMean() {}

    /** The known word nearest to {@code typed}: one edit away, or two where the word has five letters and more. */
    static Optional<String> among(Collection<String> known, String typed) {
        if (typed.length() > LONGEST) {
            return Optional.empty();
        }
        return known.stream()
                .filter(word -> edits(word, typed) <= (word.length() < 5 ? 1 : 2) && !shareNothing(word, typed))
                .min(Comparator.comparingInt(word -> edits(word, typed)));
    }

    /** {@code did you mean 'x'?}, where there is such a word. */
    public static Optional<String> question(Collection<String> known, String typed) {
        return among(known, typed).map(word -> "did you mean '" + word + "'?");
    }

    /** One-letter words are one edit from every other letter, which nobody means. */
    private static boolean shareNothing(String word, String typed) {
        return typed.length() <= edits(word, typed) || word.length() <= edits(word, typed);
    }

    /** Levenshtein's distance with swaps of neighbours, regardless of case and of '-' for '_'. */
    private static int edits(String a, String b) {
        String from = plain(a);
        String to = plain(b);
        int[][] cost = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : step(cost, from, to, i, j);
            }
        }
        return cost[from.length()][to.length()];
    }

    private static int step(int[][] cost, String from, String to, int i, int j) {
        boolean same = from.charAt(i - 1) == to.charAt(j - 1);
        int least = Math.min(cost[i - 1][j - 1] + (same ? 0 : 1), Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace('-', '_');
    }
}

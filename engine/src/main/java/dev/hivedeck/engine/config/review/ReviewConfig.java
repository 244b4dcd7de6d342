package dev.hivedeck.engine.config.review;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who looks at a change before a person does.
 *
 * @param agent its name; null for nobody
 * @param timeout how long it may take
 * @param instructions what it is to look for; null for the usual
 * @param most comments that are kept of one look
 */
public record ReviewConfig(
    @Nullable String agent, Duration timeout, @Nullable String instructions, int most) {
  public static final ReviewConfig NONE = new ReviewConfig(null, Duration.ofMinutes(10), null, 20);
}

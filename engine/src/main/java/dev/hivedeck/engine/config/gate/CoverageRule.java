package dev.hivedeck.engine.config.gate;

/**
 * How many of the lines that a change brings its tests have to reach.
 *
 * @param reports where a gate's command leaves its reports, as a pattern below the checkout: {@code
 *     coverage.xml}, or with {@code **} for folders however deep
 * @param min percent of the changed lines, 1 to 100; 0 where it is only told
 */
public record CoverageRule(CoverageFormat format, String reports, int min) {}

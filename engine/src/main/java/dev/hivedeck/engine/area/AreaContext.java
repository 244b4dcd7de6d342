package dev.hivedeck.engine.area;

import dev.hivedeck.engine.store.Ledger;
import java.time.Clock;
import java.util.function.UnaryOperator;

/**
 * What an area that registers itself is given.
 *
 * @param ledger reads the database
 * @param masked takes secrets out of a text
 */
public record AreaContext(Ledger ledger, Clock clock, UnaryOperator<String> masked) {}

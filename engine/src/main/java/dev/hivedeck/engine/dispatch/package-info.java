/**
 * The queue behind one contract: claims with leases, retries, fallbacks, dead letters, and what
 * people steer. It decides in transactions and runs nothing; an implementation for a team could
 * replace {@code SqliteDispatch}.
 */
package dev.hivedeck.engine.dispatch;

/**
 * The ledger of attempts, the state machine they follow, and the claim that holds a task for one of
 * them. It records; who gets a task and what follows a failure is decided elsewhere.
 */
package dev.hivedeck.engine.attempt;

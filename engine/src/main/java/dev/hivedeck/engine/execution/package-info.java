/**
 * Carries claims out: a scheduler that claims, a runner for each attempt, the gates afterwards. It
 * holds no state that matters; if it vanishes, the ledger still says where things stand.
 */
package dev.hivedeck.engine.execution;

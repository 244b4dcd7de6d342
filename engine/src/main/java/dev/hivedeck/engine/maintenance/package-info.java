/**
 * Compares the ledger with the world and keeps both tidy: drift and repair, the user's checkouts of
 * main, merges taken back, old events and logs. It deletes nothing that anything still needs.
 */
package dev.hivedeck.engine.maintenance;

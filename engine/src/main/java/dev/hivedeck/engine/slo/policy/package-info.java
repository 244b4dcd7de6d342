/**
 * What follows when an error budget runs low: acts that are in force, each with its reason, kept in
 * the ledger so that they outlive the engine. It takes and undoes them; whoever hands out work or
 * merges asks here what holds.
 */
package dev.hivedeck.engine.slo.policy;

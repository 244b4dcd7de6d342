/**
 * Requirements and tasks: plans read and checked, the graph of what needs what, the ledgers of
 * both. It says what is to be done and what stands in the way; it never decides who does it or
 * when.
 */
package dev.hivedeck.engine.plan;

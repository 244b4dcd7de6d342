/**
 * Processes and their descendants: started in a group of their own, found again by a variable in
 * their environment, ended with everything they started, measured and held to a quota. It knows
 * nothing of agents or gates.
 */
package dev.hivedeck.engine.process;

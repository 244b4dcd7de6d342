/**
 * The simulator: a scripted model that real agent programs talk to instead of a vendor's, so that
 * faults can be tried without a network or an account. It answers and keeps a log; it never starts
 * an agent, never judges one, and listens on this machine only.
 */
package dev.hivedeck.engine.simulator;

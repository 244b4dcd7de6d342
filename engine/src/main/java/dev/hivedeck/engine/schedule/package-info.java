/**
 * Who does what next: claims ready tasks for free agents, runs attempts through their drivers and
 * gates, retries, falls back, gives up, recovers after a crash. It decides in transactions and acts
 * outside of them; what an agent is and how a gate judges it leaves to those rooms.
 */
package dev.hivedeck.engine.schedule;

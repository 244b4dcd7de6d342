/**
 * What needs a person: questions that agents ask, their options and deadlines, the answers. It does
 * not know what an answer leads to; whoever asked is told.
 */
package dev.hivedeck.engine.decision;

"""Makes the judge's score: material, features, folds, trees and the figures that tell its worth."""

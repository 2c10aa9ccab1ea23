"""The catalog's rows for `lossbook.optimizers`."""

from lossbook.catalog._quantity import Quantity

ROWS = (
    Quantity(
        name="gradient_descent",
        title="gradient descent",
        module="optimizers",
        formula=r"v_{k+1} = \mu v_k - \eta \nabla f(\theta_k), \quad \theta_{k+1} = \theta_k + v_{k+1}",
        domain="a gradient and a point",
        hyperparameters={"learning_rate": (0.1, 0.01), "momentum": (0.0, 0.9)},
        chapter=7,
        elsewhere={"torch": "torch.optim.SGD(parameters, lr=learning_rate, momentum=momentum)"},
    ),
    Quantity(
        name="backtracking",
        title="backtracking line search",
        module="optimizers",
        formula=r"f(\theta - t \nabla f) \le f(\theta) - c\, t \lVert \nabla f \rVert^2",
        domain="a function, its gradient and a point",
        hyperparameters={"first_step": (1.0, 10.0), "shrink": (0.5, 0.8), "decrease": (1e-4, 0.3)},
        chapter=7,
    ),
    Quantity(
        name="simulated_annealing",
        title="simulated annealing",
        module="optimizers",
        formula=r"\min\left(1, e^{-(f(\theta') - f(\theta))/T}\right)",
        domain="a function and a point",
        hyperparameters={"temperature": (1.0, 0.1)},
        chapter=7,
        elsewhere={"scipy": "scipy.optimize.dual_annealing(f, bounds); another walk"},
    ),
    Quantity(
        name="robust_regression",
        title="robust linear regression",
        module="optimizers",
        formula=r"\min_{b_0, b} \sum_i \rho_{\delta s}\left(b_0 + x_i^\top b - y_i\right)",
        domain="x real of shape (n,) or (n, d), y real of shape (n,)",
        hyperparameters={"loss": ("huber", "tukey_biweight", "squared_error", "absolute_error")},
        chapter=15,
        elsewhere={
            "scikit-learn": (
                "sklearn.linear_model.HuberRegressor(epsilon=delta, alpha=0); the scale estimated along"
            ),
        },
    ),
)
